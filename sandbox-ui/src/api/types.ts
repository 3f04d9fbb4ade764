/** What the gateway's APIs speak. Texts such as states stay open: a newer gateway may know more. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
}

export interface Model {
  id: string;
  name: string;
  provider: string;
  provider_model: string;
  mode: string;
  is_agent: boolean;
  pattern: string | null;
  profiles: string[];
}

export interface ReactPattern {
  name: string;
  version: string;
  title: string;
  description: string;
  params?: JsonSchema;
  tags: string[];
  requires: string[];
}

export interface Problem {
  severity: 'error' | 'note';
  path: string;
  line: number;
  col: number;
  endCol?: number;
  message: string;
  fix?: { line: number; col: number; endCol: number; text: string };
  file?: string;
  frames?: string[];
}

export interface Usage {
  prompt_tokens?: number;
  completion_tokens?: number;
  total_tokens?: number;
  estimated?: boolean;
}

export type Payload = Record<string, Json>;

export interface SessionEvent {
  event_type: string;
  payload: Payload;
  session_id: string;
  run: number;
  seq: number;
  ts: string;
}

export interface SessionSummary {
  id: string;
  model_alias: string;
  pattern: string;
  state: string;
  runs: number;
  last_seq: number;
  created_at: string;
  changed_at: string;
}

export interface RunRecord {
  id: string;
  run: number;
  model_alias: string;
  pattern: string;
  pattern_version?: string;
  state: string;
  workers: number;
  worked_ms: number;
  created_at: string;
  ended_at: string | null;
  parent?: { run: string; call: string };
  request: RunRequest;
  result?: Payload;
}

export interface RunRequest {
  user_query?: string;
  model_alias?: string;
  reasoning_mode?: string;
  pattern_version?: string;
  params?: Payload;
  client_system_instruction?: string;
  client_manifests?: string[];
  attachments?: Json[];
  safety_settings?: Json[];
  session_id?: string;
  limits?: Payload;
  from_step?: number;
}

export interface JournalEntry {
  call: string;
  kind: string;
  target: string;
  step: number;
  at: string;
  result?: Json;
  error?: Json;
}

export interface StepRecord {
  step: number;
  title: string;
  call?: string;
  seq: number;
  ts: string;
}

export interface SessionRecord extends SessionSummary {
  run_list: RunRecord[];
  steps: StepRecord[];
  journal: { run: number; entries: JournalEntry[]; total: number; next_after: number | null };
}

export interface ScriptError {
  message: string;
  file?: string;
  line?: number;
  column?: number;
  col?: number;
  endCol?: number;
  frames: string[];
}

export interface ScriptSummary {
  name: string;
  file: string;
  status: 'serving' | 'broken_old_version_serving' | 'broken' | 'gone';
  version: string | null;
  title?: string;
  description?: string;
  params?: JsonSchema;
  parameters?: JsonSchema;
  error?: ScriptError;
}

export interface ScriptFile {
  path: string;
  version: string;
  name: string | null;
  used_by: string[];
  problem?: string;
  content?: string;
}

export interface ScriptVersion {
  version: string;
  at: string;
  serving: boolean;
}

export interface Scenario {
  scenario: string;
  passed: boolean;
  trace: string[];
  differences: string[];
}

export interface ScenarioReport {
  passed: boolean;
  problems: string[];
  results: Scenario[];
}

export interface Template {
  id: string;
  kind: 'pattern' | 'tool';
  language: 'javascript' | 'python';
  file: string;
  title: string;
  description: string;
  content: string;
}

export interface Typings {
  kind: string;
  language: string;
  file: string;
  content: string;
}

export interface Config {
  content: string;
  version: string;
  file: string;
  writable: boolean;
  serving_version: string;
}

export interface ConfigStatus {
  file: string;
  applied: boolean;
  read_at: string;
  serving_version: string;
  problems: Problem[];
}

export interface ProviderModels {
  id: string;
  needs_key: 'required' | 'optional' | 'none';
  api_base: string | null;
  models: { model: string; from: string[] }[];
}

export interface PromptFile {
  path: string;
  name: string;
  title: string | null;
  description: string | null;
  size: number;
  modified: string;
  version: string;
  problem?: string;
}

export interface Key {
  fingerprint: string;
  last_four: string;
  state: 'active' | 'quarantined' | 'retired';
  probing?: boolean;
  in_flight: number;
  source?: 'file' | 'environment' | 'configuration';
  weight?: number;
  rpm?: number | null;
  since?: string | null;
  until?: string;
  reason?: string;
  by?: string;
}

export interface KeyPool {
  id: string;
  file?: string | null;
  remedy?: string | null;
  keys: Key[];
}

export interface Minute {
  at: string;
  ok: number;
  failed: number;
  input: number;
  output: number;
  cost_usd: number | null;
}

export interface ProfileHealth {
  name: string;
  provider: string;
  provider_model: string;
  mode: string;
  key_pool?: string;
  breaker: { state: string; until?: string | null; recent_failures?: number };
  attempts: Record<string, number>;
  latency: { p50_ms: number; p95_ms: number; samples: number } | null;
  tokens: Record<string, number>;
  cost_usd: number | null;
  priced: boolean;
  last_failure?: { at: string; class: string; status: number | null; message: string } | null;
  minutes: Minute[];
}

export interface Health {
  status: string;
  since: string;
  now: string;
  config: { version: number; applied: boolean };
  sessions: Payload;
  pools: KeyPool[];
  profiles: ProfileHealth[];
}

export interface AdminEvent {
  id: string;
  kind: string;
  name: string;
  version: string | null;
  at: string;
  path?: string;
  file?: string;
  problem?: Problem;
  problems?: Problem[];
  problem_count?: number;
  key?: Partial<Key>;
  state?: string;
}

export interface WhoAmI {
  key_needed: boolean;
  logged_in: boolean;
  by: 'nobody' | 'key' | 'session';
  csrf?: string;
  expires_at?: string;
  version: string;
}
