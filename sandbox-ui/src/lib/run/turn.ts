import { signal } from '@preact/signals';
import type { Json, Payload, SessionEvent } from '../../api/types.ts';
import { Block } from './block.ts';
import { Step, type ModelCall } from './step.ts';

export type Phase = 'wait' | 'think' | 'tool' | 'answer' | 'done' | 'error' | 'stopped';

export const isOver = (phase: Phase): boolean => phase === 'done' || phase === 'error' || phase === 'stopped';

/** A stretch of the race's bar; times in milliseconds since the epoch, by the gateway's clock. */
export interface Stretch {
  phase: Phase;
  from: number;
  to: number;
  label?: string;
  failed?: boolean;
}

export interface Failure {
  code: string;
  message: string;
  resumable: boolean;
}

export interface Totals {
  prompt: number;
  completion: number;
  cost: number | null;
  steps: number;
  estimated: boolean;
}

/** One question and what came of it, put together from the events of a run. */
export class Turn {
  readonly phase = signal<Phase>('wait');
  readonly steps = signal<Step[]>([]);
  readonly stretches = signal<Stretch[]>([]);
  readonly calls = signal<ModelCall[]>([]);
  readonly failure = signal<Failure | undefined>(undefined);
  readonly totals = signal<Totals | undefined>(undefined);
  readonly hasAnswer = signal(false);
  readonly pattern = signal('');
  readonly version = signal('');
  readonly worker = signal({ name: '', attempt: 1 });
  /** When the first thought or word of the answer came. */
  readonly firstText = signal<number | undefined>(undefined);
  readonly question = signal('');
  readonly answer = new Block();
  /** When it was asked for, by the gateway's clock; 0: not known yet. */
  readonly begun = signal(0);
  lastAt = 0;
  /** How far this page's clock is ahead of the gateway's. */
  private skew = Infinity;

  constructor(readonly number: number) {}

  /** Milliseconds since it began, now or until its end. */
  elapsed(now: number): number {
    const begun = this.begun.value;
    if (begun === 0) return 0;
    if (isOver(this.phase.value)) return this.lastAt - begun;
    return Math.max(this.lastAt, now - this.skew) - begun;
  }

  /** What all texts together hold; four characters are about a token. */
  get shown(): number {
    const thoughts = this.steps.value.flatMap(step => step.parts.value);
    return thoughts.reduce(
      (sum, part) => sum + (part.kind === 'text' ? part.block.size : 0),
      this.answer.size,
    );
  }

  apply(event: SessionEvent, now: number): void {
    const at = Date.parse(event.ts);
    this.begun.value ||= at;
    this.lastAt = Math.max(this.lastAt, at);
    this.skew = Math.min(this.skew, now - at);
    const payload = event.payload;
    const call = text(payload.call);
    switch (event.event_type) {
      case 'worker_ack':
        return this.acknowledged(payload, at);
      case 'StepStart':
        return this.stepStarted(payload, call, at, event.seq);
      case 'AgentThoughtStream':
        this.enter('think', at);
        this.firstText.value ??= at;
        return this.step(at, event.seq).block().add(event.seq, call, text(payload.text));
      case 'AgentToolCallStart':
        return this.toolStarted(payload, call, at, event.seq);
      case 'AgentToolCallEnd':
        return this.toolEnded(payload, call, at);
      case 'ModelCall':
        return this.modelCalled(payload, call, at);
      case 'Retracted':
        return this.retract(call, number(payload.from_seq));
      case 'Custom':
        return this.custom(payload, at, event.seq);
      case 'FinalAnswerStream':
        this.enter('answer', at);
        this.firstText.value ??= at;
        this.hasAnswer.value = true;
        return this.answer.add(event.seq, call, text(payload.text));
      case 'FinalAnswerStreamEnd':
        return this.answered(payload, at);
      case 'error':
      case 'cancelled':
        return this.failed(event.event_type, payload, at);
    }
  }

  private acknowledged(payload: Payload, at: number): void {
    this.pattern.value = text(payload.pattern);
    this.version.value = text(payload.pattern_version);
    this.worker.value = { name: text(payload.worker), attempt: number(payload.attempt) || 1 };
    this.failure.value = undefined;
    this.enter('wait', at);
  }

  private stepStarted(payload: Payload, call: string, at: number, seq: number): void {
    const title = text(payload.title);
    const current = this.steps.value.at(-1);
    // A model has opened a part of the step by a tag.
    if (call !== '' && current) return void current.block(title);
    current?.end();
    this.steps.value = [...this.steps.value, new Step(number(payload.step), title, at, seq)];
  }

  private step(at: number, seq: number): Step {
    const current = this.steps.value.at(-1);
    if (current) return current;
    const first = new Step(0, '', at, seq);
    this.steps.value = [first];
    return first;
  }

  private toolStarted(payload: Payload, call: string, at: number, seq: number): void {
    const name = text(payload.tool_name);
    this.enter('tool', at, name);
    const tool = { call, name, arguments: payload.arguments ?? null, begun: at };
    this.step(at, seq).add({ kind: 'tool', tool: signal(tool) });
  }

  private toolEnded(payload: Payload, call: string, at: number): void {
    const part = this.steps.value.map(step => step.tool(call)).findLast(found => found !== undefined);
    if (!part) return;
    const error = payload.error === undefined ? {} : { error: text(payload.error), code: text(payload.code) };
    const result = payload.result === undefined ? {} : { result: payload.result };
    part.tool.value = { ...part.tool.value, ...result, ...error, durationMs: number(payload.duration_ms) };
    this.close(at, payload.error !== undefined);
  }

  private modelCalled(payload: Payload, call: string, at: number): void {
    const usage = object(payload.usage);
    const step = this.steps.value.at(-1);
    const made: ModelCall = {
      call,
      title: text(payload.title),
      profile: text(payload.profile),
      provider: text(payload.provider),
      attempts: number(payload.attempts),
      fallbacks: number(payload.fallbacks),
      latencyMs: number(payload.latency_ms),
      finish: text(payload.finish_reason),
      promptTokens: number(usage.prompt_tokens),
      completionTokens: number(usage.completion_tokens),
      cost: typeof payload.cost === 'number' ? payload.cost : null,
      step: step?.number ?? 0,
      endedAt: at,
    };
    this.calls.value = [...this.calls.value, made];
    if (step) step.models.value = [...step.models.value, made];
  }

  private retract(call: string, fromSeq: number): void {
    for (const step of this.steps.value) step.retract(call, fromSeq);
    this.answer.retract(call, fromSeq);
  }

  private custom(payload: Payload, at: number, seq: number): void {
    const data = payload.data ?? null;
    const name = text(payload.name);
    const inner = object(data);
    if (name === 'agent' && typeof inner.session_id === 'string')
      this.step(at, seq).add({ kind: 'agent', alias: text(inner.alias), session: inner.session_id });
    else this.step(at, seq).add({ kind: 'custom', name, data });
  }

  private answered(payload: Payload, at: number): void {
    this.hasAnswer.value = true;
    this.answer.settle(text(payload.text));
    this.finish('done', payload, at);
  }

  private failed(type: string, payload: Payload, at: number): void {
    const message = text(payload.message) || text(payload.error);
    this.failure.value = { code: text(payload.code), message, resumable: payload.resumable === true };
    this.finish(type === 'cancelled' ? 'stopped' : 'error', payload, at);
  }

  private finish(phase: Phase, payload: Payload, at: number): void {
    const usage = object(payload.usage);
    this.totals.value = {
      prompt: number(usage.prompt_tokens),
      completion: number(usage.completion_tokens),
      cost: typeof payload.cost === 'number' ? payload.cost : null,
      steps: number(payload.steps) || this.steps.value.length,
      estimated: usage.estimated === true,
    };
    this.close(at, phase === 'error');
    this.phase.value = phase;
    for (const step of this.steps.value) step.end();
    this.answer.end();
  }

  private enter(phase: Phase, at: number, label?: string): void {
    const last = this.stretches.value.at(-1);
    this.phase.value = phase;
    if (last && last.phase === phase && last.label === label && phase !== 'tool') return;
    this.close(at, last?.failed ?? false);
    this.stretches.value = [
      ...this.stretches.value,
      { phase, from: at, to: at, ...(label ? { label } : {}) },
    ];
  }

  private close(at: number, failed: boolean): void {
    const last = this.stretches.value.at(-1);
    if (last) this.stretches.value = this.stretches.value.with(-1, { ...last, to: at, failed });
  }
}

export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
export const number = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
export const object = (value: Json | undefined): Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
