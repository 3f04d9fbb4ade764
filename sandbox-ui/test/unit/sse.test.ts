import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser, readEvents, type ServerEvent } from '../../src/lib/sse.ts';

const STREAM =
  '\uFEFF: a comment\r\n\r\nid: 1\ndata: one\n\nid:2\r\nevent: odd\r\ndata: two\r\ndata:  lines\r\n\r\ndata\n\nignored: x\nid: bad\0id\ndata: last\n\ndata: unfinished';

const EVENTS: ServerEvent[] = [
  { event: 'message', data: 'one', id: '1' },
  { event: 'odd', data: 'two\n lines', id: '2' },
  { event: 'message', data: '', id: '2' },
  { event: 'message', data: 'last', id: '2' },
];

test('events are the same however the stream is cut', () => {
  for (let size = 1; size <= STREAM.length; size++) {
    const parser = new EventParser();
    const seen: ServerEvent[] = [];
    for (let at = 0; at < STREAM.length; at += size) seen.push(...parser.feed(STREAM.slice(at, at + size)));
    assert.deepEqual(seen, EVENTS, `in pieces of ${size}`);
  }
});

test('letters that are cut in the middle come out whole', async () => {
  const bytes = new TextEncoder().encode('data: Жёлтый 🎈\n\n');
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const seen: string[] = [];
  for await (const event of readEvents(body)) seen.push(event.data);
  assert.deepEqual(seen, ['Жёлтый 🎈']);
});

test('a reader that has seen enough lets go of the stream', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: controller => controller.enqueue(new TextEncoder().encode('data: more\n\n')),
    cancel: () => void (cancelled = true),
  });
  for await (const event of readEvents(body)) if (event.data === 'more') break;
  await new Promise(resolve => setImmediate(resolve));
  assert.ok(cancelled);
});
