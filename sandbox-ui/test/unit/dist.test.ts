import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const page = readFileSync('dist/index.html', 'utf8');

test('the first load is below 60 kB of compressed scripts and styles', () => {
  const files = [...page.matchAll(/\.\/(assets\/[^"]+\.(?:js|css))/g)].map(match => match[1] ?? '');
  assert.ok(files.length > 2);
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`)).length, 0);
  assert.ok(bytes < 60_000, `${bytes} bytes`);
});

test('the page holds no inline script or style, and no other host', () => {
  assert.doesNotMatch(page, /<style|style=|<script(?![^>]*src=)|https?:/);
  for (const file of readdirSync('dist/assets').filter(name => name.endsWith('.css')))
    assert.doesNotMatch(readFileSync(`dist/assets/${file}`, 'utf8'), /url\(["']?https?:|@import/);
});
