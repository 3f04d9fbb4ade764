import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';

const visitConfig = async scene => {
  const visit = await scene.browser.visit(`${scene.gateway.url}/#/config`);
  await visit.page.locator('.models tbody tr').first().waitFor();
  return visit;
};

const saved = page => page.getByText('Saved. The new configuration serves.').waitFor();
const text = gateway => readFile(gateway.file('proxy_config.yaml'), 'utf8');
const comments = yaml => yaml.match(/#.*/g);

export function config(scene) {
  test('a model is changed in the table by one line, its comments kept', async () => {
    const { gateway } = scene;
    const before = await text(gateway);
    const visit = await visitConfig(scene);
    const { page } = visit;
    await visit.picture('configuration');
    await visit.accessible('the table of models');
    await page.getByLabel('Model: sim-fast').fill('chat-2');
    await page.getByLabel('Model: sim-fast').blur();
    await page.getByRole('button', { name: 'Parameters: mistral-main' }).click();
    await page.getByLabel('temperature', { exact: true }).fill('0.3');
    await page.getByLabel('temperature', { exact: true }).blur();
    await visit.accessible('the parameters of a model');
    await page.locator('.bar .seg').getByText('Review').click();
    await page.getByText('A save changes 2: sim-fast, mistral-main.').waitFor();
    await page.locator('.editor.diff .cm-changedText').first().waitFor();
    await visit.picture('configuration-review');
    await visit.accessible('the review');
    await page.locator('#save').click();
    await saved(page);
    const after = await text(gateway);
    assert.deepEqual(comments(after), comments(before));
    assert.match(after, /temperature: 0\.3/);
    assert.equal(after.split('\n').length, before.split('\n').length + 1);
    await visit.done();
  });

  test('models are added, moved and removed, an alias too', async () => {
    const { gateway } = scene;
    const visit = await visitConfig(scene);
    const { page } = visit;
    await page.getByRole('button', { name: 'Add a model' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Provider').selectOption('simulator');
    await dialog.getByLabel('Name').fill('sim-new');
    await dialog.getByLabel('Model').fill('chat');
    await visit.accessible('a new model');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Move sim-new up' }).click();
    await page.getByRole('button', { name: 'Remove sim-broken' }).click();
    await page.getByLabel('new-alias').fill('fresh');
    await page.getByRole('button', { name: 'Add an alias' }).click();
    await page.getByLabel('Also try for fresh').selectOption('sim-new');
    await page.locator('#save').click();
    await saved(page);
    const after = await text(gateway);
    assert.match(after, /fresh: \[sim-chat, sim-new\]|fresh:\n\s+- sim-chat\n\s+- sim-new/);
    assert.doesNotMatch(after, /sim-broken/);
    const runnable = await gateway.call('/v1/models/all-runnable');
    assert.ok(runnable.some(model => model.id === 'fresh'));
    await visit.done();
  });

  test('broken YAML changes nothing, and its line is shown', async () => {
    const { gateway } = scene;
    const before = await text(gateway);
    const visit = await visitConfig(scene);
    const { page } = visit;
    await page.locator('.bar .seg').getByText('YAML').click();
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('\nrouter_settings: [1, 2\n');
    await page.locator('.problems li').first().waitFor();
    assert.equal(await page.locator('#save').isDisabled(), true);
    await visit.picture('configuration-yaml-problem');
    await visit.accessible('broken YAML');
    await page.locator('.bar .seg').getByText('Models').click();
    await page.getByText('The text is no YAML as it stands').waitFor();
    assert.equal(await text(gateway), before);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.locator('.models tbody tr').first().waitFor();
    await visit.done();
  });

  test('a slip of the pen is mended by a click', async () => {
    const visit = await visitConfig(scene);
    const { page } = visit;
    await page.locator('.bar .seg').getByText('YAML').click();
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('\nstreaming_setings:\n  heartbeat: 15s\n');
    await page.getByRole('button', { name: 'Change to “streaming_settings”' }).first().waitFor();
    await page
      .locator('.problems')
      .getByRole('button', { name: /Change to/ })
      .first()
      .click();
    await page.locator('.cm-content').getByText('streaming_setings').waitFor({ state: 'detached' });
    await visit.done();
  });

  test('a conflict loses nothing', async () => {
    const { gateway } = scene;
    const visit = await visitConfig(scene);
    visit.expect(/412/);
    const { page } = visit;
    await page.getByLabel('Model: sim-slow').fill('mine');
    await page.getByLabel('Model: sim-slow').blur();
    const theirs = `${await text(gateway)}\n# theirs\n`;
    await writeFile(gateway.file('proxy_config.yaml'), theirs);
    await page.getByText('Somebody else has saved this file').waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('.editor.diff').getByText('# theirs').first().waitFor();
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.locator('#save').click();
    await saved(page);
    assert.match(await text(gateway), /model: mine/);
    await visit.done();
  });
}
