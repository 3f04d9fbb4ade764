// Measures the sandbox UI in a Chromium. Run by `bench/run ui`; see README.md.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Browser, CHROMIUM, until } from '../sandbox-ui/test/browser/browser.mjs';
import { Gateway } from '../sandbox-ui/test/browser/gateway.mjs';

const LANES = ['lane-1', 'lane-2', 'lane-3', 'lane-4'];
const WIDE = { viewport: { width: 1680, height: 950 } };
/** An answer: prose, lists and code, 200 tokens a second for a quarter of a minute. */
const TOKENS = Array.from({ length: 3000 }, (_, i) =>
  i % 40 === 0 ? `\n\n- item **${i}** and` : i % 90 === 0 ? '\n\n```js\nconst x = 1;\n```\n' : ' word',
);

/** The upstream: every 20 ms the four tokens that are due. */
const upstream = createServer(async (request, response) => {
  await text(request);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const say = (delta, finish_reason = null) =>
    response.write(`data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  let sent = 0;
  const begun = performance.now();
  const timer = setInterval(() => {
    const due = Math.min(TOKENS.length, Math.floor((performance.now() - begun) / 5));
    while (sent < due) say({ content: TOKENS[sent++] });
    if (sent < TOKENS.length) return;
    clearInterval(timer);
    say({}, 'stop');
    response.end('data: [DONE]\n\n');
  }, 20);
  response.on('close', () => clearInterval(timer));
});

const median = list => list.toSorted((a, b) => a - b)[list.length >> 1];
const round = (value, digits = 0) => value.toFixed(digits);

/** Each figure as it is measured, so that a run that breaks off has shown what it had. */
const tell = (what, value) => console.log(`| ${what} | ${value} |`);

/** Frames since `begin`, as the page itself counts them. */
const frames = {
  begin: page =>
    page.evaluate(() => {
      window.frameTimes = [];
      let last = performance.now();
      const each = now => {
        window.frameTimes.push(now - last);
        last = now;
        requestAnimationFrame(each);
      };
      if (!window.counting) requestAnimationFrame(each);
      window.counting = true;
    }),
  async end(page) {
    const times = await page.evaluate(() => window.frameTimes.slice(1));
    const sorted = times.toSorted((a, b) => a - b);
    const fps = (times.length / times.reduce((a, b) => a + b, 0)) * 1000;
    return `${round(fps, 1)} frames/s, p99 ${round(sorted[Math.floor(sorted.length * 0.99)])} ms, longest ${round(sorted.at(-1))} ms`;
  },
};

async function race(page) {
  await page.locator('.lane-card').nth(1).waitFor();
  for (const lane of LANES) await page.locator('select.add').selectOption(lane);
  for (const name of ['agent', 'simulator']) await page.getByRole('button', { name: `Remove: ${name}` }).click();
  await page.fill('#prompt', 'Tell me more');
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => document.querySelectorAll('.lane .answer .md').length === 4);
}

const over = page =>
  page.waitForFunction(() => document.querySelectorAll('.lane .phase.done').length === 4, null, { timeout: 120_000 });

async function fourLanes({ gateway, browser }) {
  const { page } = await browser.visit(gateway.url, WIDE);
  await race(page);
  await frames.begin(page);
  const begun = Date.now();
  await over(page);
  const characters = await page.locator('.lane .answer').first().innerText();
  tell(`four lanes at 200 tokens/s, for ${round((Date.now() - begun) / 1000)} s, ${characters.length} characters each`, await frames.end(page));
  await page.context().close();
}

const editor = page => page.locator('.editor-slot:not([hidden]) .cm-content');

async function typed(page, text) {
  await editor(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(text);
  await page.locator('.bar').getByText('unsaved').waitFor();
}

async function saveTakes(page) {
  const begun = Date.now();
  await page.keyboard.press('Control+s');
  await page.locator('.bar').getByText('unsaved').waitFor({ state: 'detached' });
  return Date.now() - begun;
}

/** All in one profile of the browser, which shares six connections among its pages. */
async function threeTabs({ gateway, browser }) {
  const { page: first } = await browser.visit(gateway.url, WIDE);
  const pages = [first];
  for (let i = 1; i < 3; i++) {
    const page = await first.context().newPage();
    await page.goto(gateway.url);
    pages.push(page);
  }
  for (const page of pages) await race(page);
  await pages[0].evaluate(() => void (location.hash = '/scripts/patterns/basic_react.js'));
  await editor(pages[0]).waitFor();
  const took = [];
  for (let i = 0; i < 5; i++) {
    await typed(pages[0], `\n// save ${i}\n`);
    took.push(await saveTakes(pages[0]));
  }
  const streaming = await pages[1].locator('.lane .phase.done').count();
  tell('a save in one of three tabs with four lanes each, median and longest of 5', `${median(took)} ms, ${Math.max(...took)} ms${streaming ? ' (the lanes had ended)' : ''}`);
  await first.context().close();
}

const CHATTY = `/** A run with very many events. */
export function run(ctx) {
  for (let i = 0; i < 50; i++) {
    ctx.step('Step ' + i);
    for (let j = 0; j < 100; j++) ctx.emit('note', { i, j, text: 'a remark of some length, number ' + j });
  }
  ctx.answer('done');
}
`;

async function manyEvents({ gateway, browser }) {
  await writeFile(gateway.file('patterns/chatty.mjs'), CHATTY);
  await until(async () => (await gateway.call('/admin/patterns')).patterns?.some(p => p.name === 'chatty'), 'chatty is loaded');
  const { session_id } = await gateway.call('/v1/react/sessions', {
    method: 'POST',
    body: { model_alias: 'agent', reasoning_mode: 'chatty', user_query: 'x', stream: false },
  });
  const { page } = await browser.visit(`${gateway.url}/#/sessions`);
  const begun = Date.now();
  await page.evaluate(id => void (location.hash = `/sessions/${id}`), session_id);
  await page.locator('.answer').getByText('done').waitFor();
  tell('a session of 5,000 events: shown after', `${Date.now() - begun} ms`);
  await page.locator('.step-head').nth(10).click();
  await scrolled(page, 'its steps scrolled');
  const switched = Date.now();
  await page.getByText('Waterfall', { exact: true }).click();
  await page.locator('.waterfall, .wf').first().waitFor();
  tell('its waterfall: shown after', `${Date.now() - switched} ms`);
  await page.context().close();
}

async function scrolled(page, what) {
  await page.mouse.move(800, 500);
  await frames.begin(page);
  for (let i = 0; i < 100; i++) {
    await page.mouse.wheel(0, i < 60 ? 400 : -400);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  tell(what, await frames.end(page));
}

const model = i => `
  - model_name: many-${i} # number ${i}
    provider: simulator
    model_params:
      model: chat
      temperature: 0.${i % 10}
`;

async function manyModels({ gateway, browser }) {
  const path = gateway.file('proxy_config.yaml');
  const before = await readFile(path, 'utf8');
  const all = Array.from({ length: 500 }, (_, i) => model(i)).join('');
  await writeFile(path, before.replace('\n  - model_name: openai-main', `${all}\n  - model_name: openai-main`));
  await until(async () => (await gateway.call('/v1/models')).data.length > 400 || (await gateway.call('/admin/config')).content.includes('many-499'), '500 models serve');
  const { page } = await browser.visit(gateway.url);
  const begun = Date.now();
  await page.evaluate(() => void (location.hash = '/config'));
  await page.getByLabel('Model: many-40').waitFor();
  tell('a configuration of 500 models: shown after', `${Date.now() - begun} ms`);
  for (let more = page.getByRole('button', { name: /more/i }); await more.count(); ) await more.first().click();
  await page.getByLabel('Model: many-499').waitFor();
  await scrolled(page, 'its table, all rows shown, scrolled');
  const field = page.getByLabel('Model: many-250');
  await field.click();
  await frames.begin(page);
  await page.keyboard.type('-and-more', { delay: 30 });
  const tab = Date.now();
  await page.keyboard.press('Tab');
  await page.locator('#save:not([disabled])').waitFor();
  const applied = Date.now() - tab;
  tell('typing into a field of it', `${await frames.end(page)}; taken over after ${applied} ms`);
  const yaml = Date.now();
  await page.locator('.bar .seg').getByText('YAML').click();
  await page.locator('.cm-content').first().waitFor();
  tell('its YAML: shown after', `${Date.now() - yaml} ms`);
  await page.locator('.cm-content').first().click();
  await frames.begin(page);
  await page.keyboard.type('# some words typed', { delay: 30 });
  tell('typing into its YAML', await frames.end(page));
  const saving = Date.now();
  await page.locator('#save').click();
  await page.getByText('Saved. The new configuration serves.').waitFor();
  tell('saving it', `${Date.now() - saving} ms`);
  await page.context().close();
  await writeFile(path, before);
}

async function bothWays({ gateway, browser }) {
  for (const file of ['sonata_react.js', 'deepseek_react.py']) {
    const comment = file.endsWith('.py') ? '#' : '//';
    const path = gateway.file(`patterns/${file}`);
    const { page } = await browser.visit(`${gateway.url}/#/scripts/patterns/${file}`);
    await editor(page).waitFor();
    const [inward, outward] = [[], []];
    for (let i = 0; i < 7; i++) {
      const before = await readFile(path, 'utf8');
      await writeFile(path, `${comment} seen ${i}\n${before}`);
      const begun = Date.now();
      await editor(page).getByText(`${comment} seen ${i}`).waitFor();
      inward.push(Date.now() - begun);
      await typed(page, `\n${comment} sent ${i}\n`);
      const { mtimeMs } = await stat(path);
      const pressed = Date.now();
      await page.keyboard.press('Control+s');
      await until(async () => (await stat(path)).mtimeMs !== mtimeMs, 'the file is written');
      outward.push(Date.now() - pressed);
      await page.locator('.bar').getByText('unsaved').waitFor({ state: 'detached' });
    }
    const figures = list => `${median(list)} ms, ${Math.max(...list)} ms`;
    tell(`patterns/${file} saved by another program until the open page shows it, median and longest of 7`, figures(inward));
    tell(`saved in the page until the file has it (looked at every 50 ms)`, figures(outward));
    await page.context().close();
  }
}

const lane = name => `
  - model_name: ${name}
    provider: local
    model_params: {model: m, api_base: "http://127.0.0.1:${upstream.address().port}/v1", api_key: none}
`;

console.log(`\`ui\`: Chromium ${execFileSync(CHROMIUM, ['--version'], { encoding: 'utf8' }).replace(/\D*([\d.]+).*/s, '$1')}, headless\n\n| | |\n|---|---|`);
upstream.listen(0, '127.0.0.1');
await once(upstream, 'listening');
const gateway = await Gateway.start({ models: LANES.map(lane).join('') });
const browser = await Browser.open();
try {
  const wanted = process.argv.slice(2);
  for (const scene of [fourLanes, threeTabs, manyEvents, manyModels, bothWays])
    if (!wanted.length || wanted.includes(scene.name)) await scene({ gateway, browser });
} finally {
  await browser.close();
  await gateway.stop();
  upstream.close();
}
