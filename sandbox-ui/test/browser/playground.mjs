import assert from 'node:assert/strict';
import { test } from 'node:test';

const done = (page, lanes) =>
  page.waitForFunction(n => document.querySelectorAll('.lane .phase.done').length === n, lanes);

/** Asks so many lanes, and waits until all have answered. */
export async function ask(page, question, lanes = 2) {
  await page
    .locator('.lane-card')
    .nth(lanes - 1)
    .waitFor();
  await page.fill('#prompt', question);
  await page.keyboard.press('Control+Enter');
  await done(page, lanes);
}

const addLane = (page, alias) => page.locator('select.add').selectOption(alias);

export function playground(scene) {
  test('an agent and a model answer side by side, and a link restores it', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    const { page } = visit;
    await ask(page, 'What is 12*7?');
    const agent = page.getByRole('region', { name: 'agent', exact: true });
    await agent.locator('.step-head').first().click();
    await agent.getByText('"expression": "12*7"').waitFor();
    await agent.locator('.answer').getByText('84').waitFor();
    assert.equal(await page.locator('.lane').nth(1).locator('.step').count(), 0);
    await visit.picture('playground');
    await visit.accessible('a race that is over');

    const again = await scene.browser.visit(page.url());
    await done(again.page, 2);
    await again.page.locator('.lane').first().locator('.answer').getByText('84').waitFor();
    assert.match(await again.page.locator('.question').first().innerText(), /What is 12\*7\?$/);
    await again.done();
    await visit.done();
  });

  test('a second question goes on in the same conversation', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    const { page } = visit;
    await ask(page, 'What is 12*7?');
    await page.fill('#prompt', 'And 12*8?');
    await page.locator('#run').click();
    await page.locator('.lane').first().locator('.answer').getByText('96').waitFor();
    await done(page, 2);
    assert.equal(await page.locator('.lane').first().locator('.turn').count(), 2);
    const id = new URLSearchParams(page.url().split('?')[1]).get('s').split(',')[0];
    assert.equal((await scene.gateway.call(`/v1/react/sessions/${id}`)).runs, 2);
    await visit.done();
  });

  test('stopping keeps what was said', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    const { page } = visit;
    await page.locator('.lane-card').nth(1).waitFor();
    for (const name of ['agent', 'simulator'])
      await page.getByRole('button', { name: `Remove: ${name}` }).click();
    await addLane(page, 'sim-slow');
    await page.fill('#prompt', 'Tell me a long story about a lighthouse');
    await page.locator('#run').click();
    await page.locator('.answer .md').getByText('[simulator]').first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.phase.stopped').waitFor();
    assert.match(await page.locator('.answer .md').innerText(), /^\[simulator\]/);
    await visit.done();
  });

  test('parameters, instructions and images are sent', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    const { page } = visit;
    await page.locator('.lane-card').nth(1).waitFor();
    await page.getByRole('button', { name: 'Remove: simulator' }).click();
    await page.getByLabel('Pattern: agent').selectOption('basic_react');
    await page.getByLabel('Who answers').fill('A pirate');
    await page.getByLabel('Who answers').blur();
    await page.getByLabel('Your instruction', { exact: true }).fill('Answer in one line.');
    await page.getByRole('switch', { name: 'Harassment' }).uncheck({ force: true });
    const pixel = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: pixel });
    await page.getByAltText('dot.png').waitFor();
    await ask(page, 'What is in the picture?', 1);
    const id = new URLSearchParams(page.url().split('?')[1]).get('s');
    const { run_list } = await scene.gateway.call(`/v1/react/sessions/${id}`);
    const { request } = run_list[0];
    assert.equal(run_list[0].pattern, 'basic_react');
    assert.deepEqual(request.params, { persona: 'A pirate' });
    assert.equal(request.client_system_instruction, 'Answer in one line.');
    assert.equal(request.safety_settings[0].category, 'HARM_CATEGORY_HARASSMENT');
    assert.match(request.attachments[0].image_url.url, /^data:image\/png;base64,/);
    await visit.done();
  });

  test('four lanes share one stream, and a page holds two', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    const { page } = visit;
    const open = new Set();
    let most = 0;
    page.on('request', request => {
      if (!/\/events/.test(request.url())) return;
      open.add(request);
      most = Math.max(most, open.size);
    });
    for (const event of ['requestfinished', 'requestfailed']) page.on(event, request => open.delete(request));
    await page.locator('.lane-card').nth(1).waitFor();
    await addLane(page, 'sim-fast');
    await addLane(page, 'sim-agent');
    await ask(page, 'What is 3*4?', 4);
    assert.ok(most <= 2, `${most} streams were open together`);
    await visit.picture('playground-four-lanes');
    await visit.done();
  });

  test('an alias that cannot answer says why', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    const { page } = visit;
    await page.locator('.lane-card').nth(1).waitFor();
    for (const name of ['agent', 'simulator'])
      await page.getByRole('button', { name: `Remove: ${name}` }).click();
    await addLane(page, 'sim-broken');
    await page.fill('#prompt', 'Hello?');
    await page.locator('#run').click();
    await page.locator('.lane .alert.err').waitFor();
    await visit.accessible('a run that failed');
    await visit.done();
  });
}
