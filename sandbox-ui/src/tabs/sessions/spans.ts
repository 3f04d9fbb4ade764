import type { Turn } from '../../lib/run/turn.ts';

/** A row of the waterfall; times in milliseconds since the run began. */
export interface Span {
  kind: 'run' | 'step' | 'model' | 'tool';
  depth: number;
  name: string;
  from: number;
  to: number;
  failed: boolean;
  /** What the journal calls it, if it has a payload. */
  call?: string;
  note: string;
}

export function spansOf(
  turn: Turn,
  elapsed: number,
  words: { attempts: (n: number, f: number) => string },
): Span[] {
  const at = (ms: number) => Math.max(0, ms - turn.begun.value);
  const steps = turn.steps.value;
  const spans: Span[] = [
    {
      kind: 'run',
      depth: 0,
      name: turn.pattern.value,
      from: 0,
      to: elapsed,
      failed: turn.phase.value === 'error',
      note: '',
    },
  ];
  steps.forEach((step, i) => {
    const next = steps[i + 1];
    const inside: Span[] = [];
    for (const call of step.models.value)
      inside.push({
        kind: 'model',
        depth: 2,
        name: [call.title, call.profile].filter(Boolean).join(' · '),
        from: at(call.endedAt - call.latencyMs),
        to: at(call.endedAt),
        failed: false,
        call: call.call,
        note: [
          `${call.promptTokens} → ${call.completionTokens}`,
          words.attempts(call.attempts, call.fallbacks),
        ]
          .filter(Boolean)
          .join(' · '),
      });
    for (const tool of step.tools)
      inside.push({
        kind: 'tool',
        depth: 2,
        name: tool.name,
        from: at(tool.begun),
        to: tool.durationMs === undefined ? elapsed : at(tool.begun) + tool.durationMs,
        failed: tool.error !== undefined,
        call: tool.call,
        note: tool.code ?? '',
      });
    const from = at(step.begun);
    const to = next ? at(next.begun) : Math.max(from, elapsed);
    spans.push({ kind: 'step', depth: 1, name: step.title, from, to, failed: false, note: '' });
    spans.push(...inside.sort((a, b) => a.from - b.from));
  });
  return spans;
}
