import type { MarkdownStream } from './stream.ts';

/** One animation frame serves all growing texts, within a budget; those that waited longest come first. */
const BUDGET_MS = 6;

const waiting = new Set<MarkdownStream>();
let asked = false;

export function enqueue(stream: MarkdownStream): void {
  waiting.add(stream);
  if (asked) return;
  asked = true;
  requestAnimationFrame(frame);
}

export function leave(stream: MarkdownStream): void {
  waiting.delete(stream);
}

function frame(now: number): void {
  asked = false;
  const begun = performance.now();
  let drawn = false;
  for (const stream of [...waiting].sort((a, b) => a.lastDrawn - b.lastDrawn)) {
    if (performance.now() - begun > BUDGET_MS) break;
    if (!stream.isDue(now)) continue;
    waiting.delete(stream);
    stream.draw(performance.now());
    drawn = true;
  }
  if (drawn) stickAll();
  if (waiting.size > 0) {
    asked = true;
    requestAnimationFrame(frame);
  }
}

const followed = new Map<HTMLElement, { free: boolean }>();

/** Keeps each followed element at its end. */
export function stickAll(): void {
  for (const [element, state] of followed) if (!state.free) element.scrollTop = element.scrollHeight;
}

export interface Following {
  stop(): void;
  resume(): void;
}

/**
 * Follows the end of a growing element until its *reader* scrolls up. Only real input lets go of it: a scroll event alone may
 * mean no more than that the content grew.
 */
export function follow(element: HTMLElement, onFree: (free: boolean) => void): Following {
  const state = { free: false };
  followed.set(element, state);
  const listeners = new AbortController();
  const options = { passive: true, signal: listeners.signal };
  let lastInput = -Infinity;
  const set = (free: boolean) => {
    if (free === state.free) return;
    state.free = free;
    onFree(free);
  };
  element.addEventListener('wheel', e => e.deltaY < 0 && set(true), options);
  for (const type of ['wheel', 'touchmove', 'pointerdown', 'keydown'])
    element.addEventListener(type, () => (lastInput = performance.now()), options);
  element.addEventListener(
    'scroll',
    () => {
      const below = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (below < 8) set(false);
      else if (below > 64 && performance.now() - lastInput < 500) set(true);
    },
    options,
  );
  return {
    stop: () => {
      followed.delete(element);
      listeners.abort();
    },
    resume: () => {
      set(false);
      element.scrollTop = element.scrollHeight;
    },
  };
}
