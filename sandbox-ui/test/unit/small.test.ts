import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft } from '../../src/app/draft.ts';
import { applyFix } from '../../src/lib/fix.ts';
import { bounds, controlOf, parseValue, withValue } from '../../src/lib/schema.ts';
import { pathOf, typed } from '../../src/tabs/config/plain.ts';

test('a fix counts code points, as the gateway does', () => {
  assert.equal(
    applyFix('a: 1\n🎈x: provder\n', { line: 2, col: 5, endCol: 12, text: 'provider' }),
    'a: 1\n🎈x: provider\n',
  );
});

test('what somebody else saves never takes away what is written here', () => {
  const draft = new Draft();
  draft.load({ text: 'one', version: '1' });
  draft.changedElsewhere({ text: 'two', version: '2' });
  assert.equal(draft.text.value, 'two');
  draft.text.value = 'mine';
  draft.changedElsewhere({ text: 'three', version: '3' });
  assert.equal(draft.text.value, 'mine');
  assert.equal(draft.conflict.value?.text, 'three');
  draft.keepMine();
  assert.equal(draft.version.value, '3');
  assert.equal(draft.dirty.value, true);
  assert.equal(draft.text.value, 'mine');
});

test('a form reads values as their schema says', () => {
  assert.equal(parseValue({ type: 'integer' }, '3'), 3);
  assert.ok(parseValue({ type: 'number' }, 'three') instanceof SyntaxError);
  assert.equal(parseValue({ type: 'string' }, ' '), undefined);
  assert.equal(parseValue({ type: 'boolean' }, 'false'), false);
  assert.equal(parseValue({ enum: [1, 2] }, '2'), 2);
  assert.deepEqual(parseValue({ type: 'array' }, '["a"]'), ['a']);
  assert.ok(parseValue({ type: 'object' }, '{') instanceof SyntaxError);
  assert.equal(controlOf({ type: ['integer', 'null'] }), 'number');
  assert.equal(bounds({ minimum: 1, maximum: 8 }), '1–8');
  assert.deepEqual(withValue({ a: 1, b: 2 }, 'a', undefined), { b: 2 });
});

test('a field of the configuration is typed as YAML would', () => {
  assert.equal(typed('0.3'), 0.3);
  assert.equal(typed('true'), true);
  assert.equal(typed('null'), null);
  assert.equal(typed('gpt-5: the big one'), 'gpt-5: the big one');
  assert.deepEqual(typed('[a, b]'), ['a', 'b']);
  assert.equal(typed('https://x.example/v1'), 'https://x.example/v1');
  assert.deepEqual(pathOf('model_list[2].model_params.model'), ['model_list', 2, 'model_params', 'model']);
});
