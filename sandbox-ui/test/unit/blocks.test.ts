import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutBlocks, openFence, showable, toHtml, tokensToHtml } from '../../src/lib/markdown/blocks.ts';

const DOCUMENTS = [
  '# Title\n\nOne *two* three.\n\n- a\n- b\n\n  still b\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n> quote\n> on\n\n```js\nx();\n```\n\nend\n',
  '1. a\n\n2. b\n\n   para\n\n   ```py\n   x()\n   ```\n3. c\n\ntext\n===\n\nmore\n',
  '~~~md\n```\ninner\n```\n~~~\nafter\n\n***\n\n<div>\n\nblock *html*\n\n</div>\n',
];

const squeeze = (html: string) => html.replace(/\s+/g, '');

/** What a growing text looks like when all of it is there: committed pieces and the tail. */
function grow(text: string, size: number): string {
  let html = '';
  let done = 0;
  for (let end = size; ; end += size) {
    const cut = cutBlocks(text.slice(done, end));
    html += tokensToHtml(cut.closed);
    done += cut.length;
    if (end >= text.length) return html + tokensToHtml(cut.open);
  }
}

test('a text that comes in pieces looks as one that comes at once', () => {
  for (const document of DOCUMENTS)
    for (const size of [1, 2, 3, 7, 20, 1000])
      assert.equal(
        squeeze(grow(document, size)),
        squeeze(toHtml(document)),
        `in pieces of ${size}: ${document}`,
      );
});

test('a block is closed only when the next one has a whole line', () => {
  assert.equal(cutBlocks('one\n\ntwo').closed.length, 0);
  assert.equal(cutBlocks('one\n\ntwo\n').closed.length > 0, true);
});

test('the code of an open fence can be added to', () => {
  const open = cutBlocks('text\n\n```js\nlet a = 1;\n').open;
  const fence = openFence(open);
  assert.ok(fence);
  assert.equal(fence.closing.test('let a = 1;\n```\n'), true);
  assert.equal(fence.closing.test('let a = "```";\n'), false);
  assert.equal(openFence(cutBlocks('```\ndone\n```\n').open), undefined);
});

test('a line that may become the closing fence is not shown yet', () => {
  assert.equal(showable('a\n``'), 2);
  assert.equal(showable('a\nb'), 3);
});
