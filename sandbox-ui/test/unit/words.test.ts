import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from '../../src/i18n/en.ts';
import { ru } from '../../src/i18n/ru.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(match => match[0]).sort();

test('both languages have the same keys, in the same order', () => {
  assert.deepEqual(Object.keys(ru), Object.keys(en));
});

test('both languages fill in the same values', () => {
  for (const [key, text] of Object.entries(en))
    assert.deepEqual(placeholders(ru[key as keyof typeof en]), placeholders(text), key);
});

test('no word is missing, and Russian is Russian', () => {
  for (const [key, text] of Object.entries(ru)) {
    assert.notEqual(text.trim(), '', key);
    if (key !== 'nav.language') assert.match(text, /[а-яё]|^[{}n/]+/i, key);
  }
});
