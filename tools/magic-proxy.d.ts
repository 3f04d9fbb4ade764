/**
 * Types of `tool` for JavaScript tools. In a tool's first line:
 *
 *   /// <reference path="./magic-proxy.d.ts" />
 *
 * In an async function calls are awaited, in a plain one they give their value.
 */

/** Read where it stands, or awaited: both give the value. */
export type Now<T> = T & PromiseLike<T>;

export interface Fetched {
  readonly status: number;
  /** Whether the status is one of success. */
  readonly ok: boolean;
  /** That answered, after redirects. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
  /** The text, read as JSON. */
  json(): any;
}

export interface FetchOptions {
  /** GET, or POST if there is a body. */
  method?: string;
  headers?: { [name: string]: string };
  /** A text goes as it is, anything else as JSON. */
  body?: unknown;
  /** For the whole of it, redirects included; 30000. */
  timeout_ms?: number;
  /** A larger answer is an error; 1048576. */
  max_bytes?: number;
}

export interface Files {
  /** A granted file's text; paths begin at the configuration's folder. */
  read(path: string): Now<string>;
}

/** What a tool has beyond its language, while it is called. */
export interface Tool {
  /** What `env/<tool>.env` holds: this tool's own secrets. Read-only. */
  readonly env: { readonly [name: string]: string };
  /** The same each time that the same call is made: its idempotency key. */
  readonly callId: string;
  /** Calls a granted host. */
  fetch(url: string, options?: FetchOptions): Now<Fetched>;
  readonly files: Files;
  /** Asks an agent, or any alias, if that is granted; gives its answer. */
  agent(alias: string, query: string, options?: { [name: string]: unknown }): Now<string>;
  /** Tells the caller how far the call is. */
  progress(done: number, total?: number, message?: string): void;
  /** Writes into the gateway's log. */
  log(text: unknown): void;
}

/** What a tool asks for; `sandbox_settings.grants` in proxy_config.yaml gives it. */
export interface Powers {
  network?: string[];
  files?: string[];
  agents?: boolean;
}

/**
 * In a tool: `/** @type {import('./magic-proxy').ToolManifest} *\/ export const manifest = { … };`
 */
export interface ToolManifest extends Powers {
  /** For people; the standard is the tool's name. */
  title?: string;
  /** For models, in place of the comment. */
  description?: string;
  /** What a second call with the same callId would do: nothing, nothing more, or perhaps harm (the standard). */
  effect?: 'none' | 'idempotent' | 'once';
  /** Seconds, or such as '500ms', '2m'; 60. */
  timeout?: number | string;
  /** Calls at once; 16. */
  concurrency?: number;
}

/** A failed call throws this. */
export interface CallError extends Error {
  name: 'HostError';
  code: string;
}

declare global {
  const tool: Tool;
}
