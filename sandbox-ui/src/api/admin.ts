import { get, loginNeeded, request, useCsrf } from './http.ts';
import type {
  Config,
  ConfigStatus,
  Health,
  Json,
  KeyPool,
  Model,
  Problem,
  PromptFile,
  ProviderModels,
  ReactPattern,
  WhoAmI,
} from './types.ts';

// Who is at the page.

function known(who: WhoAmI): WhoAmI {
  useCsrf(who.csrf);
  loginNeeded.value = who.key_needed && !who.logged_in;
  return who;
}

export const whoAmI = async (): Promise<WhoAmI> => known(await get<WhoAmI>('/admin/whoami'));
export const logIn = async (key: string): Promise<WhoAmI> =>
  known((await request<WhoAmI>('/admin/login', { body: { key } })).data);
export async function logOut(): Promise<void> {
  await request('/admin/logout', { method: 'POST', body: {} });
  await whoAmI();
}

// Models and patterns that can be asked.

export const runnableModels = (): Promise<Model[]> => get<Model[]>('/v1/models/all-runnable');
export const reactPatterns = async (): Promise<ReactPattern[]> =>
  (await get<{ patterns: ReactPattern[] }>('/admin/react_patterns')).patterns;

// The configuration.

export const readConfig = (): Promise<Config> => get<Config>('/admin/config');
export const configStatus = (): Promise<ConfigStatus> => get<ConfigStatus>('/admin/config/status');
export const saveConfig = async (content: string, ifMatch: string) =>
  (
    await request<{ version: string; problems: Problem[] }>('/admin/config', {
      method: 'PUT',
      body: { content },
      ifMatch,
    })
  ).data;
export const validateConfig = async (content: string, signal: AbortSignal) =>
  (
    await request<{ valid: boolean; problems: Problem[] }>('/admin/config/validate', {
      body: { content },
      signal,
    })
  ).data;
/** Runs and streams under way end first; then the gateway reads all settings anew. */
export const restartGateway = () => request('/admin/restart', { method: 'POST', body: {} });
export const providerModels = async (): Promise<ProviderModels[]> =>
  (await get<{ providers: ProviderModels[] }>('/admin/provider_models')).providers;

// Prompts and manifests.

const promptAt = (path: string): string => `/admin/prompt_content?path=${encodeURIComponent(path)}`;
export const listPrompts = () => get<{ prompts: PromptFile[]; manifests: PromptFile[] }>('/admin/prompts');
export const readPrompt = (path: string) =>
  get<{ path: string; content: string; version: string }>(promptAt(path));
export const savePrompt = async (path: string, content: string, ifMatch?: string) =>
  (
    await request<{ version: string }>(promptAt(path), {
      method: 'PUT',
      body: { content },
      ...(ifMatch ? { ifMatch } : {}),
    })
  ).data;
export const deletePrompt = (path: string, ifMatch: string) =>
  request(promptAt(path), { method: 'DELETE', ifMatch });

// Keys, health, the simulator's faults.

const poolAt = (pool: string): string => `/admin/keys/${encodeURIComponent(pool)}`;
const keyAt = (pool: string, key: string): string => `${poolAt(pool)}/${encodeURIComponent(key)}`;
export const keyPools = async (): Promise<KeyPool[]> =>
  (await get<{ pools: KeyPool[] }>('/admin/keys')).pools;
export const addKey = (pool: string, key: { key: string; weight?: number; rpm?: number }) =>
  request(poolAt(pool), { body: key });
export const changeKey = (pool: string, key: string, action: 'restore' | 'retire', reason?: string) =>
  request(keyAt(pool, key), { body: { action, ...(reason ? { reason } : {}) } });
export const removeKey = (pool: string, key: string) => request(keyAt(pool, key), { method: 'DELETE' });

export const health = (): Promise<Health> => get<Health>('/admin/health');

export interface Faults {
  profiles: string[];
  faults: Record<string, Json>;
}

export const simulatorFaults = (): Promise<Faults> => get<Faults>('/admin/simulator/faults');
export const setFaults = (profile: string, faults: Json) =>
  request('/admin/simulator/faults', { method: 'PUT', body: { profile, faults } });
export const clearFaults = (profile: string) =>
  request(`/admin/simulator/faults?profile=${encodeURIComponent(profile)}`, { method: 'DELETE' });
