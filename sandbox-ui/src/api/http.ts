import { signal } from '@preact/signals';
import type { Problem } from './types.ts';

/** What went wrong with a request, in words for people. */
export class RequestFailed extends Error {
  constructor(
    message: string,
    /** 0: the gateway could not be reached. */
    readonly status: number,
    readonly code: string,
    readonly problems: Problem[] = [],
    /** Of a conflict: what is there now. */
    readonly version: string | undefined = undefined,
  ) {
    super(message);
  }
}

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  ifMatch?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Reply<T> {
  data: T;
  version: string;
}

/** True while the gateway wants a key that this page hasn't given. */
export const loginNeeded = signal(false);
/** Counts up when the gateway could not be reached; who watches the connection asks then. */
export const unreachable = signal(0);

let csrf = '';
export const useCsrf = (token: string | undefined): void => void (csrf = token ?? '');

/** The response, if the gateway said yes; else what it said. */
export async function send(path: string, call: Call = {}): Promise<Response> {
  const method = call.method ?? (call.body === undefined ? 'GET' : 'POST');
  const headers = new Headers(call.headers);
  if (call.body !== undefined) headers.set('content-type', 'application/json');
  if (call.ifMatch !== undefined) headers.set('if-match', call.ifMatch === '*' ? '*' : `"${call.ifMatch}"`);
  if (csrf && method !== 'GET') headers.set('x-csrf-token', csrf);
  const init: RequestInit = { method, headers, cache: 'no-store', credentials: 'same-origin' };
  if (call.body !== undefined) init.body = JSON.stringify(call.body);
  if (call.signal) init.signal = call.signal;
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (call.signal?.aborted) throw error;
    unreachable.value++;
    throw new RequestFailed('', 0, 'unreachable');
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export async function request<T>(path: string, call: Call = {}): Promise<Reply<T>> {
  const response = await send(path, call);
  const text = await response.text();
  const version = (response.headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '');
  return { data: (text ? JSON.parse(text) : undefined) as T, version };
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await request<T>(path, signal ? { signal } : {})).data;

interface ErrorBody {
  error?: { message?: string; code?: string; param?: string };
  problems?: Problem[];
  version?: string;
}

async function failure(response: Response): Promise<RequestFailed> {
  if (response.status === 401) loginNeeded.value = true;
  const text = await response.text().catch(() => '');
  let body: ErrorBody = {};
  try {
    body = JSON.parse(text) as ErrorBody;
  } catch {
    // A proxy in between may answer with something else.
  }
  const message = body.error?.message ?? `HTTP ${response.status}`;
  return new RequestFailed(
    message,
    response.status,
    body.error?.code ?? '',
    body.problems ?? [],
    body.version,
  );
}

export const isFailure = (error: unknown): error is RequestFailed => error instanceof RequestFailed;
export const aborted = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';
