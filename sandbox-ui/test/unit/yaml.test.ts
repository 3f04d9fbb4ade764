import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { YamlText } from '../../src/lib/yaml/document.ts';
import { addItem, EditRefused, moveItem, removeItem, set, unset } from '../../src/lib/yaml/edits.ts';

const TEXT = `# Настройки
definitions:
  base: &base
    temperature: 1   # everybody
    top_p: 0.9

model_list:
  # The first
  - model_name: one
    provider: google
    model_params:
      <<: *base
      model: "gemini-2.5-flash"   # not before the eval run

  # The second
  - model_name: two
    provider: mistral
    model_params: { model: small, max_tokens: null }

  - model_name: three
    provider: openai
    model_params:
      <<: [*base]
      model: 'gpt'
      agent_settings:
        reasoning_mode: basic_react

router_settings:
  model_group_alias:
    main: [one, two]   # order matters
`;

/** The lines that an edit has taken away and put there. */
function diff(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const gone = old.filter(line => !now.includes(line)).map(line => `-${line}`);
  return [...gone, ...now.filter(line => !old.includes(line)).map(line => `+${line}`)];
}

test('a value is changed in its line, with its quotes and its comment', () => {
  const after = set(TEXT, ['model_list', 0, 'model_params', 'model'], 'gemini-3');
  assert.deepEqual(diff(TEXT, after), [
    '-      model: "gemini-2.5-flash"   # not before the eval run',
    '+      model: "gemini-3"   # not before the eval run',
  ]);
});

test('changing an inherited value writes an override and leaves the anchor alone', () => {
  const after = set(TEXT, ['model_list', 0, 'model_params', 'temperature'], 0.2);
  assert.deepEqual(diff(TEXT, after), ['+      temperature: 0.2']);
  const yaml = new YamlText(after);
  assert.equal(yaml.cell(['model_list', 0, 'model_params', 'temperature']).value, 0.2);
  assert.deepEqual(yaml.cell(['model_list', 2, 'model_params', 'temperature']), {
    value: 1,
    origin: 'inherited',
    from: '*base',
  });
});

test('a value within braces is changed there', () => {
  const after = set(TEXT, ['model_list', 1, 'model_params', 'max_tokens'], 500);
  assert.deepEqual(diff(TEXT, after), [
    '-    model_params: { model: small, max_tokens: null }',
    '+    model_params: { model: small, max_tokens: 500 }',
  ]);
});

test('a key is removed with its line', () => {
  const after = unset(TEXT, ['model_list', 2, 'model_params', 'model']);
  assert.deepEqual(diff(TEXT, after), ["-      model: 'gpt'"]);
});

test('an item is removed with the comment above it', () => {
  const after = removeItem(TEXT, ['model_list'], 1);
  assert.doesNotMatch(after, /The second|model_name: two/);
  assert.match(after, /# The first\n {2}- model_name: one/);
});

test('an item is moved with the comment above it', () => {
  const after = moveItem(TEXT, ['model_list'], 0, 1);
  assert.match(after, /# The second\n {2}- model_name: two[\s\S]*# The first\n {2}- model_name: one/);
  assert.deepEqual(diff(TEXT, after), []);
});

test('an item is added at the end of its list', () => {
  const after = addItem(TEXT, ['model_list'], {
    model_name: 'four',
    provider: 'local',
    model_params: { model: 'x' },
  });
  // The line `model_params:` stood there before, for other models.
  assert.deepEqual(diff(TEXT, after), ['+  - model_name: four', '+    provider: local', '+      model: x']);
});

test('a chain on one line stays on one line', () => {
  const after = set(TEXT, ['router_settings', 'model_group_alias', 'main'], ['two', 'one', 'three']);
  assert.deepEqual(diff(TEXT, after), [
    '-    main: [one, two]   # order matters',
    '+    main: [two, one, three]   # order matters',
  ]);
});

test('a whole section can be begun', () => {
  const after = set(TEXT, ['streaming_settings', 'heartbeat'], '15s');
  assert.deepEqual(diff(TEXT, after), ['+streaming_settings:', '+  heartbeat: 15s']);
});

test('texts that look like something else are quoted', () => {
  for (const value of ['yes: no', 'null', '1.0', '- a', '#x', '*base', 'a\nb']) {
    const after = set(TEXT, ['model_list', 2, 'provider'], value);
    assert.equal(new YamlText(after).cell(['model_list', 2, 'provider']).value, value);
  }
});

test('a broken text is not edited, and its problem has a place', () => {
  const broken = 'a: [1, 2\nb: 3\n';
  assert.throws(() => set(broken, ['b'], 4), EditRefused);
  const [problem] = new YamlText(broken).problems();
  assert.equal(problem?.severity, 'error');
  assert.ok((problem?.line ?? 0) >= 1);
});

test('every model of the bundled configuration can be edited by a diff of one line', () => {
  const text = readFileSync('../proxy_config.yaml', 'utf8');
  const count = new YamlText(text).list(['model_list'])?.items.length ?? 0;
  assert.ok(count > 5);
  for (let i = 0; i < count; i++) {
    const after = set(text, ['model_list', i, 'model_name'], `renamed-${i}`);
    assert.equal(diff(text, after).length, 2, after.slice(0, 80));
    assert.equal(after.match(/#/g)?.length, text.match(/#/g)?.length);
    const moved = i > 0 ? moveItem(text, ['model_list'], i, -1) : text;
    assert.deepEqual(diff(text, moved), []);
  }
});

test('five hundred models are edited in a moment', () => {
  const models = Array.from(
    { length: 500 },
    (_, i) => `  - model_name: m${i}\n    provider: openai\n    model_params:\n      model: x${i}\n`,
  );
  const text = `model_list:\n${models.join('')}`;
  const after = set(text, ['model_list', 499, 'provider'], 'mistral');
  assert.deepEqual(diff(text, after), ['+    provider: mistral']);
});
