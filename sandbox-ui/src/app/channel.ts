import { effect, signal } from '@preact/signals';
import { aborted, isFailure, loginNeeded, send, unreachable } from '../api/http.ts';
import type { AdminEvent } from '../api/types.ts';
import { readEvents } from '../lib/sse.ts';
import { lead, onNote, tell, type Link } from './tabsTogether.ts';
import { identify } from './who.ts';

/**
 * The one stream of the gateway's events. While it is open the gateway is there; when it breaks, it is tried again until it is
 * back. Whoever made a change, the page hears of it here. Of several tabs one holds the stream and tells the others: browsers
 * allow six connections to a host for all tabs together.
 */

export const link = signal<Link>('starting');
/** Counts up whenever everything that was read may be stale: the gateway is back, or another one. */
export const epoch = signal(0);

type Listener = (event: AdminEvent) => void;
const listeners = new Set<Listener>();

/** Hears of what begins with one of the kinds: `pattern.`, `key.added`, … */
export function onChange(kinds: readonly string[], listener: Listener): () => void {
  const mine: Listener = event => {
    if (kinds.some(kind => event.kind.startsWith(kind))) listener(event);
  };
  listeners.add(mine);
  return () => listeners.delete(mine);
}

let last = '';
let leading = false;
let abort: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let waited = 0;

export function openChannel(): void {
  onNote(note => {
    if (note.kind === 'event') take(note.event);
    else if (note.kind === 'link') linkIs(note.state);
    else if (note.kind === 'identity') void identify().then(() => epoch.value++);
    else if (leading && note.kind === 'check') reopen(0);
    else if (leading && note.kind === 'ask') tell({ kind: 'link', state: link.value });
  });
  tell({ kind: 'ask' });
  // Somebody's request failed: ask at once, not when the stream notices.
  effect(() => {
    if (unreachable.value === 0 || link.peek() !== 'up') return;
    if (leading) reopen(0);
    else tell({ kind: 'check' });
  });
  lead(() => {
    leading = true;
    effect(() => {
      if (loginNeeded.value) close();
      else reopen(0);
    });
    addEventListener('online', () => reopen(0));
  });
}

/** Other tabs share the login, and its end. */
export const loginChanged = (): void => tell({ kind: 'identity' });

function close(): void {
  clearTimeout(timer);
  abort?.abort();
}

function reopen(delay: number): void {
  close();
  timer = setTimeout(() => void listen(), delay);
}

function linkIs(state: Link): void {
  link.value = state;
  if (leading) tell({ kind: 'link', state });
}

async function listen(): Promise<void> {
  const mine = (abort = new AbortController());
  try {
    const headers: Record<string, string> = last ? { 'last-event-id': last } : {};
    const response = await send('/admin/events', { headers, signal: mine.signal });
    if (!response.body) return;
    for await (const { data } of readEvents(response.body)) {
      if (mine.signal.aborted) return;
      const event = JSON.parse(data) as AdminEvent;
      take(event);
      tell({ kind: 'event', event });
    }
  } catch (error) {
    if (aborted(error) || mine.signal.aborted) return;
    if (isFailure(error) && error.status === 429) return reopen(10_000);
    // The gateway is there, but it wants a key first, or knows no events.
    if (isFailure(error) && error.status !== 0 && error.status < 500) {
      if (link.value === 'away') epoch.value++;
      return linkIs('starting');
    }
  }
  if (mine.signal.aborted) return;
  if (link.value !== 'away') waited = 0;
  linkIs('away');
  waited = Math.min(2000, waited + 250);
  reopen(waited);
}

function take(event: AdminEvent): void {
  last = event.id || last;
  if (event.kind === 'hello') {
    const back = link.value === 'away';
    linkIs('up');
    if (back) epoch.value++;
  } else if (event.kind === 'reset') {
    epoch.value++;
  }
  for (const listener of listeners) listener(event);
}
