import { get, request, type Reply } from './http.ts';
import type {
  Problem,
  ScenarioReport,
  ScriptFile,
  ScriptSummary,
  ScriptVersion,
  Template,
  Typings,
} from './types.ts';

export type ScriptKind = 'patterns' | 'tools';

export interface ScriptList {
  scripts: ScriptSummary[];
  files: ScriptFile[];
}

const path = (file: string): string => file.split('/').map(encodeURIComponent).join('/');

export async function listScripts(kind: ScriptKind): Promise<ScriptList> {
  const list = await get<{ patterns?: ScriptSummary[]; tools?: ScriptSummary[]; files: ScriptFile[] }>(
    `/admin/${kind}`,
  );
  return { scripts: list.patterns ?? list.tools ?? [], files: list.files };
}

/** A file by its path, its ending included. */
export const readScript = (kind: ScriptKind, file: string): Promise<Reply<ScriptFile>> =>
  request<ScriptFile>(`/admin/${kind}/${path(file)}`);

export const saveScript = (kind: ScriptKind, file: string, content: string, ifMatch?: string) =>
  request<ScriptFile>(`/admin/${kind}/${path(file)}`, {
    method: 'PUT',
    body: { content },
    ...(ifMatch ? { ifMatch } : {}),
  });

export const deleteScript = (kind: ScriptKind, file: string, ifMatch: string) =>
  request(`/admin/${kind}/${path(file)}`, { method: 'DELETE', ifMatch });

export const validateScript = async (kind: ScriptKind, file: string, content: string, signal?: AbortSignal) =>
  (
    await request<{ valid: boolean; problems: Problem[] }>(`/admin/${kind}/${path(file)}/validate`, {
      body: { content },
      ...(signal ? { signal } : {}),
    })
  ).data;

export const scriptVersions = async (kind: ScriptKind, name: string): Promise<ScriptVersion[]> =>
  (await get<{ versions: ScriptVersion[] }>(`/admin/${kind}/${encodeURIComponent(name)}/versions`)).versions;

export interface VersionSources {
  version: string;
  file: string;
  files: Record<string, string>;
}

export const versionSources = (kind: ScriptKind, name: string, version: string): Promise<VersionSources> =>
  get<VersionSources>(`/admin/${kind}/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`);

export const rollBack = (kind: ScriptKind, name: string, version: string, ifMatch: string) =>
  request(`/admin/${kind}/${encodeURIComponent(name)}/rollback`, {
    body: { version, helpers: true },
    ifMatch,
  });

export const runScenarios = async (
  kind: ScriptKind,
  name: string,
  edited: { content?: string; scenario?: string },
) =>
  (await request<ScenarioReport>(`/admin/${kind}/${encodeURIComponent(name)}/scenario`, { body: edited }))
    .data;

export const templates = async (): Promise<Template[]> =>
  (await get<{ templates: Template[] }>('/admin/templates')).templates;

export const typings = async (): Promise<Typings[]> =>
  (await get<{ typings: Typings[] }>('/admin/typings')).typings;
