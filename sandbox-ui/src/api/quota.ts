import { get, request } from './http.ts';

// Virtual keys and teams: who may use what, and how much.

/** What is null isn't limited. */
export interface Limits {
  requests_per_minute: number | null;
  tokens_per_minute: number | null;
  max_concurrent: number | null;
  budget_per_day: number | null;
  budget_per_month: number | null;
}

export interface QuotaUse {
  requests_last_minute: number;
  tokens_last_minute: number;
  concurrent: number;
  spent_today: number;
  spent_this_month: number;
}

export interface VirtualKeyTerms {
  name: string;
  team: string | null;
  aliases: string[];
  expires_at: string | null;
  limits: Limits;
  metadata: Record<string, string>;
}

export interface VirtualKey extends VirtualKeyTerms {
  id: string;
  shown: string;
  state: 'active' | 'expired' | 'revoked';
  created_at: string | null;
  rotated_at: string | null;
  revoked_at: string | null;
  former_until: string | null;
  source: 'store' | 'configuration';
  version: string;
  use: QuotaUse;
  /** The secret: in the answer of its creation or rotation only. */
  key?: string;
}

export interface TeamTerms {
  name: string;
  limits: Limits;
  metadata: Record<string, string>;
}

export interface Team extends TeamTerms {
  source: 'store' | 'configuration';
  version: string;
  keys: number;
  use: QuotaUse;
}

export interface VirtualKeys {
  virtual_keys: VirtualKey[];
  /** Without one no key counts. */
  master_key: boolean;
}

const keyAt = (id: string): string => `/admin/virtual_keys/${encodeURIComponent(id)}`;
const teamAt = (name: string): string => `/admin/teams/${encodeURIComponent(name)}`;

export const listVirtualKeys = (): Promise<VirtualKeys> => get<VirtualKeys>('/admin/virtual_keys');
export const createVirtualKey = async (terms: VirtualKeyTerms): Promise<VirtualKey> =>
  (await request<VirtualKey>('/admin/virtual_keys', { body: terms })).data;
export const changeVirtualKey = (key: VirtualKey, terms: VirtualKeyTerms) =>
  request(keyAt(key.id), { method: 'PUT', body: terms, ifMatch: key.version });
export const rotateVirtualKey = async (key: VirtualKey, grace: string): Promise<VirtualKey> =>
  (
    await request<VirtualKey>(`${keyAt(key.id)}/rotate`, {
      body: grace ? { grace } : {},
      ifMatch: key.version,
    })
  ).data;
export const revokeVirtualKey = (key: VirtualKey) =>
  request(`${keyAt(key.id)}/revoke`, { body: {}, ifMatch: key.version });
export const deleteVirtualKey = (key: VirtualKey) =>
  request(keyAt(key.id), { method: 'DELETE', ifMatch: key.version });

export const listTeams = async (): Promise<Team[]> => (await get<{ teams: Team[] }>('/admin/teams')).teams;
export const createTeam = (terms: TeamTerms) => request('/admin/teams', { body: terms });
export const changeTeam = (team: Team, terms: TeamTerms) =>
  request(teamAt(team.name), { method: 'PUT', body: terms, ifMatch: team.version });
export const deleteTeam = (team: Team) =>
  request(teamAt(team.name), { method: 'DELETE', ifMatch: team.version });
