import { signal } from '@preact/signals';
import type { Json } from '../../api/types.ts';
import { Block } from './block.ts';

export interface ToolCall {
  call: string;
  name: string;
  arguments: Json;
  begun: number;
  result?: Json;
  error?: string;
  code?: string;
  durationMs?: number;
}

export interface ModelCall {
  call: string;
  title: string;
  profile: string;
  provider: string;
  attempts: number;
  fallbacks: number;
  latencyMs: number;
  finish: string;
  promptTokens: number;
  completionTokens: number;
  cost: number | null;
  step: number;
  endedAt: number;
}

export type Part =
  | { kind: 'text'; title: string; block: Block }
  | { kind: 'tool'; tool: ReturnType<typeof signal<ToolCall>> & { value: ToolCall } }
  | { kind: 'agent'; alias: string; session: string }
  | { kind: 'custom'; name: string; data: Json };

/** A step of a run: what was thought, called and said in it, in order. */
export class Step {
  readonly parts = signal<Part[]>([]);
  readonly live = signal(true);
  readonly models = signal<ModelCall[]>([]);

  constructor(
    readonly number: number,
    readonly title: string,
    /** Milliseconds since the epoch, by the gateway's clock. */
    readonly begun: number,
    readonly seq: number,
  ) {}

  add(part: Part): void {
    this.parts.value = [...this.parts.value, part];
  }

  /** The text that is being added to; a new one after anything else has come in between. */
  block(title?: string): Block {
    const last = this.parts.value.at(-1);
    if (last?.kind === 'text' && title === undefined) return last.block;
    if (last?.kind === 'text') last.block.end();
    const block = new Block();
    this.add({ kind: 'text', title: title ?? '', block });
    return block;
  }

  tool(call: string): (Part & { kind: 'tool' }) | undefined {
    return this.parts.value.findLast(
      (part): part is Part & { kind: 'tool' } => part.kind === 'tool' && part.tool.value.call === call,
    );
  }

  retract(call: string, fromSeq: number): void {
    for (const part of this.parts.value) if (part.kind === 'text') part.block.retract(call, fromSeq);
  }

  end(): void {
    this.live.value = false;
    for (const part of this.parts.value) if (part.kind === 'text') part.block.end();
  }

  get tools(): ToolCall[] {
    return this.parts.value.flatMap(part => (part.kind === 'tool' ? [part.tool.value] : []));
  }

  get failed(): boolean {
    return this.tools.some(tool => tool.error !== undefined);
  }
}
