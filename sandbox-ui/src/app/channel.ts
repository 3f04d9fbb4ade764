import { effect, signal } from '@preact/signals';
import { aborted, isFailure, loginNeeded, send, unreachable } from '../api/http.ts';
import type { AdminEvent } from '../api/types.ts';
import { readEvents } from '../lib/sse.ts';

/**
 * The one stream of the gateway's events. While it is open the gateway is there; when it breaks, it is tried again until it is
 * back. Whoever made a change, the page hears of it here.
 */

export const link = signal<'starting' | 'up' | 'away'>('starting');
/** Counts up whenever everything that was read may be stale: the gateway is back, or another one. */
export const epoch = signal(0);

type Listener = (event: AdminEvent) => void;
const listeners = new Set<Listener>();

/** Hears of what begins with one of the kinds: `pattern.`, `key.added`, … */
export function onChange(kinds: readonly string[], listener: (event: AdminEvent) => void): () => void {
  const mine: Listener = event => {
    if (kinds.some(kind => event.kind.startsWith(kind))) listener(event);
  };
  listeners.add(mine);
  return () => listeners.delete(mine);
}

let last = '';
let abort: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let waited = 0;

export function openChannel(): void {
  effect(() => {
    if (loginNeeded.value) close();
    else reopen(0);
  });
  // Somebody's request failed: ask at once, not when the stream notices.
  effect(() => {
    if (unreachable.value > 0 && link.peek() === 'up') reopen(0);
  });
  addEventListener('online', () => reopen(0));
}

function close(): void {
  clearTimeout(timer);
  abort?.abort();
}

function reopen(delay: number): void {
  close();
  timer = setTimeout(() => void listen(), delay);
}

async function listen(): Promise<void> {
  const mine = (abort = new AbortController());
  try {
    const headers: Record<string, string> = last ? { 'last-event-id': last } : {};
    const response = await send('/admin/events', { headers, signal: mine.signal });
    if (!response.body) return;
    for await (const { data } of readEvents(response.body)) {
      if (mine.signal.aborted) return;
      take(JSON.parse(data) as AdminEvent);
    }
  } catch (error) {
    if (aborted(error) || mine.signal.aborted) return;
    if (isFailure(error) && error.status === 429) return reopen(10_000);
    // The gateway is there, but it wants a key first, or knows no events.
    if (isFailure(error) && error.status !== 0 && error.status < 500) {
      if (link.value === 'away') epoch.value++;
      link.value = 'starting';
      return;
    }
  }
  if (mine.signal.aborted) return;
  if (link.value !== 'away') waited = 0;
  link.value = 'away';
  waited = Math.min(2000, waited + 250);
  reopen(waited);
}

function take(event: AdminEvent): void {
  last = event.id || last;
  if (event.kind === 'hello') {
    const back = link.value === 'away';
    link.value = 'up';
    if (back) epoch.value++;
  } else if (event.kind === 'reset') {
    epoch.value++;
  }
  for (const listener of listeners) listener(event);
}
