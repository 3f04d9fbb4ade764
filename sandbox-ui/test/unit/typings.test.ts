import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { membersOf, readTypings, typeOfChain } from '../../src/lib/editor/typings.ts';

const names = (language: string, file: string, type: string) =>
  membersOf(readTypings(language, readFileSync(`../${file}`, 'utf8')), type).map(member => member.name);

const CTX = [
  'query',
  'history',
  'params',
  'llm',
  'tool',
  'agent',
  'react',
  'parallel',
  'map',
  'thought',
  'step',
  'emit',
  'answer',
  'state',
  'budget',
  'vote',
  'json',
  'sleep',
];

for (const [language, file] of [
  ['javascript', 'patterns/magic-proxy.d.ts'],
  ['python', 'patterns/magic_proxy.pyi'],
] as const)
  for (const type of ['Ctx', 'AsyncCtx'])
    test(`${file} tells of all that ${type} can do`, () => {
      const found = names(language, file, type);
      for (const name of CTX) assert.ok(found.includes(name), `${name} is missing among ${found}`);
    });

for (const [language, file] of [
  ['javascript', 'tools/magic-proxy.d.ts'],
  ['python', 'tools/magic_proxy.pyi'],
] as const)
  test(`${file} tells of all that a tool has`, () => {
    const found = names(language, file, 'Tool');
    for (const name of ['env', 'fetch', 'files', 'agent', 'progress', 'log'])
      assert.ok(found.includes(name), name);
  });

test('members of members are known', () => {
  const types = readTypings('javascript', readFileSync('../patterns/magic-proxy.d.ts', 'utf8'));
  assert.equal(typeOfChain(types, 'Ctx', ['state']), 'State');
  assert.equal(typeOfChain(types, 'AsyncCtx', ['budget']), 'Budget');
  assert.equal(typeOfChain(types, 'Ctx', ['nothing', 'more']), '');
});

test('a member comes with its signature and its comment', () => {
  const types = readTypings('javascript', readFileSync('../patterns/magic-proxy.d.ts', 'utf8'));
  const vote = membersOf(types, 'Ctx').find(member => member.name === 'vote');
  assert.match(vote?.signature ?? '', /^vote<T>\(list: T\[\]\)/);
  assert.match(vote?.doc ?? '', /stands most often/);
});
