import { batch } from '@preact/signals';
import { isFailure, send, aborted } from '../api/http.ts';
import { eventsPath } from '../api/sessions.ts';
import type { SessionEvent } from '../api/types.ts';
import { readEvents } from '../lib/sse.ts';

/**
 * The events of all sessions that the page shows, by one stream. When a session joins, the stream is opened anew from where
 * each one stands, so nothing is missed or seen twice; when it breaks, too.
 */

const TOGETHER_MS = 10;

interface Watched {
  seq: number;
  take: (event: SessionEvent) => void;
  /** Until it says so, the stream is opened again. */
  open: () => boolean;
  /** The gateway does not know the session. */
  lost: (message: string) => void;
}

const watched = new Map<string, Watched>();
let abort: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let waited = 0;

/** Watches until the returned function is called, or the session's runs have ended. */
export function watch(id: string, from: number, watcher: Omit<Watched, 'seq'>): () => void {
  watched.set(id, { seq: from, ...watcher });
  reopen(20);
  return () => {
    if (watched.get(id)?.take !== watcher.take) return;
    watched.delete(id);
    if (watched.size === 0) close();
  };
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
  takePending();
  const places = new Map([...watched].filter(([, w]) => w.open()).map(([id, w]) => [id, w.seq]));
  if (places.size === 0) return;
  const mine = (abort = new AbortController());
  try {
    const response = await send(eventsPath(places), { signal: mine.signal });
    waited = 0;
    if (response.body)
      for await (const { data } of readEvents(response.body)) {
        if (mine.signal.aborted) return;
        arrived(JSON.parse(data) as SessionEvent);
      }
  } catch (error) {
    if (aborted(error) || mine.signal.aborted) return;
    if (isFailure(error) && error.status === 404) await dropLost([...places.keys()]);
  }
  takePending();
  if (mine.signal.aborted || ![...watched.values()].some(w => w.open())) return;
  waited = Math.min(2000, waited * 2 + 100);
  reopen(waited);
}

/** Events that came close together are one change of the page: a recorded session brings thousands. */
let pending: SessionEvent[] = [];

function arrived(event: SessionEvent): void {
  if (pending.length === 0) setTimeout(takePending, TOGETHER_MS);
  pending.push(event);
}

function takePending(): void {
  const events = pending;
  pending = [];
  batch(() => events.forEach(take));
}

function take(event: SessionEvent): void {
  const watcher = watched.get(event.session_id);
  if (!watcher || event.seq <= watcher.seq) return;
  watcher.seq = event.seq;
  watcher.take(event);
}

/** One that is gone (deleted, or too old) must not keep the others from being read. */
async function dropLost(ids: string[]): Promise<void> {
  for (const id of ids) {
    try {
      await send(`/v1/react/sessions/${encodeURIComponent(id)}?limit=1`);
    } catch (error) {
      if (!isFailure(error) || error.status !== 404) continue;
      watched.get(id)?.lost(error.message);
      watched.delete(id);
    }
  }
}

/** A session that is watched has begun another run. */
export const renew = (): void => reopen(20);
