import { get, request, send } from './http.ts';
import type { RunRequest, SessionRecord, SessionSummary } from './types.ts';

const BASE = '/v1/react/sessions';
const at = (id: string): string => `${BASE}/${encodeURIComponent(id)}`;

/** Gives the session's id. The run goes on without its own stream: all that are shown share one, see app/live.ts. */
async function begin(path: string, body: unknown): Promise<string> {
  const response = await send(path, { method: 'POST', body });
  await response.body?.cancel().catch(() => {});
  return response.headers.get('x-magic-session') ?? '';
}

export const startRun = (run: RunRequest): Promise<string> => begin(BASE, run);
export const resumeSession = (id: string): Promise<string> => begin(`${at(id)}/resume`, {});
export const forkSession = (id: string, fork: RunRequest): Promise<string> => begin(`${at(id)}/fork`, fork);
export const cancelSession = (id: string) => request(`${at(id)}/cancel`, { method: 'POST', body: {} });
export const deleteSession = (id: string) => request(at(id), { method: 'DELETE' });

export interface SessionFilter {
  alias?: string;
  pattern?: string;
  state?: string;
  since?: string;
  before?: string;
  limit?: number;
}

export interface SessionPage {
  data: SessionSummary[];
  next_before: string | null;
}

export function listSessions(filter: SessionFilter, signal?: AbortSignal): Promise<SessionPage> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) if (value) query.set(key, String(value));
  return get<SessionPage>(`${BASE}?${query}`, signal);
}

export function readSession(
  id: string,
  page: { run?: number; after?: number; limit?: number } = {},
): Promise<SessionRecord> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(page)) if (value !== undefined) query.set(key, String(value));
  return get<SessionRecord>(`${at(id)}?${query}`);
}

/** One stream for several sessions; `after` holds the place in each. */
export const eventsPath = (places: ReadonlyMap<string, number>): string => {
  const ids = [...places.keys()].map(encodeURIComponent).join(',');
  const after = [...places].map(([id, seq]) => `${encodeURIComponent(id)}:${seq}`).join(',');
  return `${BASE}/events?ids=${ids}&after=${after}`;
};
