import type { AdminEvent } from '../api/types.ts';

/** What the tabs of one browser tell each other. */

export type Link = 'starting' | 'up' | 'away';

export type Note =
  | { kind: 'event'; event: AdminEvent }
  | { kind: 'link'; state: Link }
  /** How is the link? Asked by a tab that has just been opened. */
  | { kind: 'ask' }
  /** Look whether the gateway is still there. */
  | { kind: 'check' }
  /** Somebody has logged in, or out. */
  | { kind: 'identity' };

const NAME = 'magic-proxy.events';
const others = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(NAME);

export const tell = (note: Note): void => others?.postMessage(note);

export function onNote(take: (note: Note) => void): void {
  others?.addEventListener('message', (message: MessageEvent<Note>) => take(message.data));
}

/**
 * Calls when this tab is the one that holds the stream: at once, or when the tab that held it is closed. Where browsers have no
 * locks (far from the loopback without TLS), every tab holds its own.
 */
export function lead(begin: () => void): void {
  if (!others || !('locks' in navigator)) return begin();
  void navigator.locks.request(NAME, () => {
    begin();
    return new Promise<never>(() => {});
  });
}
