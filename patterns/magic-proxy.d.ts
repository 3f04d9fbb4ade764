// Types of `ctx` for JavaScript patterns. In an editor: /** @param {import('./magic-proxy').AsyncCtx} ctx */
// A plain run(ctx) has Ctx, whose calls give values; an async one, or a generator, has AsyncCtx, whose calls give promises.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** In OpenAI's format; a `content` may also be a list of parts. */
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool' | (string & {});
  content: string | Json[] | null;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
  [field: string]: unknown;
}

export interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** `parameters` is a JSON Schema. */
export interface Tool {
  name: string;
  description: string;
  parameters: { [key: string]: Json };
}

/** What no member names, such as `temperature`, goes to the model as it is. */
export interface LlmOptions {
  /** Alias of the model; without it, the session's. */
  model?: string;
  /** JSON Schema: the call then gives an object that fits, or fails with the code `schema_mismatch`. */
  schema?: object;
  /** For the model's own tool calls: the call then gives the whole message. */
  tools?: object[];
  /** What watchers see: true, thoughts (the default); 'answer', the answer; false, nothing. */
  stream?: boolean | 'answer';
  title?: string;
  temperature?: number;
  [field: string]: unknown;
}

export interface AgentOptions {
  /** The nested agent's pattern. */
  reasoning_mode?: string;
  params?: object;
  /** Names of the tools that it may use. */
  tools?: string[];
  limits?: { max_steps?: number; max_tokens_total?: number; max_seconds?: number };
  [field: string]: unknown;
}

export interface ReactOptions {
  /** Instead of the session's; history and attachments are then left out. */
  query?: string;
  model?: string;
  /** Instead of the server's instructions. */
  system?: string;
  /** What getPromptStructure() would return. */
  structure?: PromptStructure;
  /** Names of the tools that it may use; without it, all. */
  tools?: string[];
  /** At most the session's own. */
  max_steps?: number;
  /** What watchers see of its answer: true, a thought (the default); 'answer', the answer; false, nothing at all. */
  stream?: boolean | 'answer';
  /** For the model calls. */
  options?: object;
}

export type Section = string | { tag?: string; content: string };
export type PromptStructure = Section[] | { static_system?: string | Section[]; dynamic_context?: string | Section[] };

export type CallSpec =
  | { llm: string | Message[]; options?: LlmOptions }
  | { tool: string; args?: object }
  | { agent: string; query?: string; options?: AgentOptions };

export interface Budget {
  steps: number;
  tokens: number;
  seconds: number;
  used: { tokens: number; cost: number; calls: number };
}

/** A failed call throws this. */
export interface CallError extends Error {
  name: 'HostError';
  code: string;
}

interface Input {
  readonly query: string;
  readonly history: Message[];
  readonly attachments: Json[];
  readonly params: { [name: string]: any };
  readonly session: { id: string; alias: string };
  readonly tools: Tool[];
  readonly instructions: { client: string; server: string };
}

interface Says {
  thought(text: unknown): void;
  step(title: unknown): void;
  emit(name: string, data?: Json): void;
  answer(text: unknown): void;
}

interface Helpers {
  /** Milliseconds since 1970, the same on a replay. */
  now(): number;
  random(): number;
  /** The value that stands most often; of equals the first. */
  vote<T>(list: T[]): { winner: T | null; count: number; of: number };
  /** What stands in the first such tag; null if there is none. An unclosed one reaches to the end. */
  extract(tag: string, text: unknown): string | null;
  /** The first JSON object or array in the text; trailing commas are forgiven. Throws if there is none. */
  json(text: unknown): any;
}

export interface State {
  get(key: string): any;
  set(key: string, value: Json): any;
  add(key: string, value: number): number;
  append(key: string, value: Json): any[];
  all(): { [key: string]: any };
}

export interface AsyncState {
  get(key: string): Promise<any>;
  set(key: string, value: Json): Promise<any>;
  add(key: string, value: number): Promise<number>;
  append(key: string, value: Json): Promise<any[]>;
  all(): Promise<{ [key: string]: any }>;
}

/** What a plain run(ctx) gets. */
export interface Ctx extends Input, Says, Helpers {
  llm(prompt: string | Message[], options: LlmOptions & { schema: object }): any;
  llm(prompt: string | Message[], options: LlmOptions & { tools: object[] }): Message;
  llm(prompt: string | Message[], options?: LlmOptions): string;
  tool(name: string, args?: object): any;
  agent(alias: string, query: string, options?: AgentOptions): string;
  react(options?: ReactOptions): string;
  sleep(ms: number): null;
  readonly state: State;
  readonly budget: Budget;
  parallel(list: CallSpec[], options?: { concurrency?: number }): any[];
  map<T>(items: Iterable<T>, fn: (item: T, index: number) => CallSpec, options?: { concurrency?: number }): any[];
  spec(spec: CallSpec): any;
}

/** What an async run(ctx) gets. */
export interface AsyncCtx extends Input, Says, Helpers {
  llm(prompt: string | Message[], options: LlmOptions & { schema: object }): Promise<any>;
  llm(prompt: string | Message[], options: LlmOptions & { tools: object[] }): Promise<Message>;
  llm(prompt: string | Message[], options?: LlmOptions): Promise<string>;
  tool(name: string, args?: object): Promise<any>;
  agent(alias: string, query: string, options?: AgentOptions): Promise<string>;
  react(options?: ReactOptions): Promise<string>;
  sleep(ms: number): Promise<null>;
  readonly state: AsyncState;
  readonly budget: Promise<Budget>;
  /** A function gets the branch's own ctx: its calls belong to the branch. */
  parallel(list: (CallSpec | ((ctx: AsyncCtx) => unknown))[], options?: { concurrency?: number }): Promise<any[]>;
  map<T, R>(
    items: Iterable<T>,
    fn: (item: T, index: number, ctx: AsyncCtx) => R | Promise<R>,
    options?: { concurrency?: number },
  ): Promise<R[]>;
  spec(spec: CallSpec): Promise<any>;
}

export interface Manifest {
  title?: string;
  description?: string;
  /** JSON Schema of `ctx.params`. */
  params?: object;
  limits?: object;
  /** Names of tools without which the pattern doesn't begin. */
  requires?: string[];
  tags?: string[];
}
