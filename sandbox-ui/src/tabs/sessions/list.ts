import { computed, signal } from '@preact/signals';
import { listSessions, type SessionFilter } from '../../api/sessions.ts';
import type { SessionSummary } from '../../api/types.ts';

export const filter = signal<SessionFilter>({});
export const search = signal('');
export const found = signal<SessionSummary[] | undefined>(undefined);
export const failed = signal<unknown>(undefined);
export const more = signal<string | null>(null);
export const picked = signal<readonly string[]>([]);

export const STATES = ['queued', 'running', 'answered', 'failed', 'cancelled'] as const;

/** How far back, in hours; '': all. */
export const PERIODS = ['', '1', '24', '168'] as const;

let asked = 0;

async function read(before?: string): Promise<void> {
  const mine = ++asked;
  try {
    const page = await listSessions({ ...filter.value, limit: 100, ...(before ? { before } : {}) });
    if (mine !== asked) return;
    const known = before ? (found.value ?? []) : [];
    const ids = new Set(known.map(one => one.id));
    found.value = [...known, ...page.data.filter(one => !ids.has(one.id))];
    more.value = page.next_before;
    failed.value = undefined;
  } catch (error) {
    if (mine === asked) failed.value = error;
  }
}

export const reload = (): Promise<void> => read();
export const readMore = (): Promise<void> => read(more.value ?? undefined);

/** Search looks through what has been read: ids, aliases and patterns. */
export const shown = computed(() => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return (found.value ?? []).filter(one => {
    const text = `${one.id} ${one.model_alias} ${one.pattern} ${one.state}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
});

export function pick(id: string, on: boolean): void {
  picked.value = on ? [...picked.value.slice(-1), id] : picked.value.filter(one => one !== id);
}
