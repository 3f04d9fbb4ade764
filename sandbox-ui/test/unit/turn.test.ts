import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Payload, SessionEvent } from '../../src/api/types.ts';
import { Conversation } from '../../src/lib/run/conversation.ts';
import { spansOf } from '../../src/tabs/sessions/spans.ts';

const BEGUN = Date.parse('2026-01-01T12:00:00Z');

/** Events of one session, each a second after the one before. */
function play(...events: [string, Payload, number?][]): Conversation {
  const conversation = new Conversation('s');
  events.forEach(([event_type, payload, run = 1], i) => {
    const at = BEGUN + i * 1000;
    const event: SessionEvent = {
      event_type,
      payload,
      session_id: 's',
      run,
      seq: i + 1,
      ts: new Date(at).toISOString(),
    };
    conversation.apply(event, at + 50);
  });
  return conversation;
}

const ACK: [string, Payload] = [
  'worker_ack',
  { worker: 'w', pattern: 'p', pattern_version: 'v', attempt: 1 },
];
const USAGE = { prompt_tokens: 10, completion_tokens: 4 };

test('a run is steps with thoughts, tool calls and an answer', () => {
  const turn = play(
    ACK,
    ['StepStart', { step: 1, title: 'Step 1' }],
    ['StepStart', { step: 1, title: 'Thought', call: '1' }],
    ['AgentThoughtStream', { text: 'I ', call: '1' }],
    ['AgentThoughtStream', { text: 'think', call: '1' }],
    [
      'ModelCall',
      {
        call: '1',
        profile: 'a',
        provider: 'x',
        attempts: 2,
        fallbacks: 1,
        latency_ms: 900,
        usage: USAGE,
        cost: 0.5,
      },
    ],
    ['AgentToolCallStart', { call: '2', tool_name: 'calculator', arguments: { expression: '1+1' } }],
    ['AgentToolCallEnd', { call: '2', tool_name: 'calculator', result: 2, duration_ms: 900 }],
    ['StepStart', { step: 2, title: 'Step 2' }],
    ['FinalAnswerStream', { text: 'Two', call: '3' }],
    ['FinalAnswerStreamEnd', { text: 'Two.', usage: USAGE, cost: 0.5, steps: 2 }],
  ).last.value;
  assert.ok(turn);
  const [first, second] = turn.steps.value;
  assert.equal(turn.phase.value, 'done');
  assert.deepEqual(
    first?.parts.value.map(part => part.kind),
    ['text', 'tool'],
  );
  const thought = first?.parts.value[0];
  assert.equal(thought?.kind === 'text' && `${thought.title}: ${thought.block.text}`, 'Thought: I think');
  assert.equal(first?.tools[0]?.result, 2);
  assert.equal(first?.models.value[0]?.fallbacks, 1);
  assert.equal(second?.live.value, false);
  assert.equal(turn.answer.text, 'Two.');
  assert.deepEqual(turn.totals.value, { prompt: 10, completion: 4, cost: 0.5, steps: 2, estimated: false });
  assert.equal(turn.elapsed(0), 10_000);
  assert.equal(turn.firstText.value, BEGUN + 3000);
  assert.deepEqual(
    turn.stretches.value.map(s => [s.phase, (s.to - s.from) / 1000]),
    [
      ['wait', 3],
      ['think', 3],
      ['tool', 3],
      ['answer', 1],
    ],
  );
});

test('what a broken-off call has said is taken back, and no more', () => {
  const turn = play(
    ACK,
    ['StepStart', { step: 1, title: 'Step 1' }],
    ['AgentThoughtStream', { text: 'kept ', call: '1' }],
    ['AgentThoughtStream', { text: 'dropped', call: '2' }],
    ['FinalAnswerStream', { text: 'also dropped', call: '2' }],
    ['Retracted', { call: '2', from_seq: 4 }],
    ['AgentThoughtStream', { text: 'anew', call: '2' }],
  ).last.value;
  const part = turn?.steps.value[0]?.parts.value[0];
  assert.equal(part?.kind === 'text' && part.block.text, 'kept anew');
  assert.equal(turn?.answer.text, '');
});

test('a run that was stopped keeps its text and can go on', () => {
  const conversation = play(
    ACK,
    ['AgentThoughtStream', { text: 'so far' }],
    ['cancelled', { code: 'cancelled', message: 'the run was cancelled', resumable: true }],
  );
  const turn = conversation.last.value;
  assert.equal(turn?.phase.value, 'stopped');
  assert.equal(turn?.failure.value?.resumable, true);
  assert.equal(conversation.running.value, false);
});

test('a second question is a turn of its own', () => {
  const conversation = play(ACK, ['FinalAnswerStreamEnd', { text: 'one' }], ['worker_ack', {}, 2]);
  assert.equal(conversation.turns.value.length, 2);
  assert.equal(conversation.running.value, true);
});

test('the waterfall shows each call within its step', () => {
  const turn = play(
    ACK,
    ['StepStart', { step: 1, title: 'Step 1' }],
    [
      'ModelCall',
      { call: '1', profile: 'a', latency_ms: 1000, attempts: 1, fallbacks: 0, usage: USAGE, cost: null },
    ],
    ['AgentToolCallStart', { call: '2', tool_name: 't', arguments: {} }],
    ['AgentToolCallEnd', { call: '2', tool_name: 't', error: 'no', code: 'tool_error', duration_ms: 1000 }],
    ['FinalAnswerStreamEnd', { text: 'x' }],
  ).last.value;
  assert.ok(turn);
  const spans = spansOf(turn, turn.elapsed(0), { attempts: () => '' });
  assert.deepEqual(
    spans.map(span => [span.kind, span.from, span.to, span.failed]),
    [
      ['run', 0, 5000, false],
      ['step', 1000, 5000, false],
      ['model', 1000, 2000, false],
      ['tool', 3000, 4000, true],
    ],
  );
});

test('five thousand events are put together in a moment', () => {
  const events = Array.from({ length: 5000 }, (_, i): [string, Payload] =>
    i % 50 === 0
      ? ['StepStart', { step: i / 50 + 1, title: 'S' }]
      : ['AgentThoughtStream', { text: 'word ', call: '1' }],
  );
  const turn = play(ACK, ...events).last.value;
  assert.equal(turn?.steps.value.length, 100);
  assert.equal(turn?.shown, 4900 * 5);
});
