import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';

const editor = page => page.locator('.editor-slot:not([hidden]) .cm-content');

async function type(page, text) {
  await editor(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(text);
}

const open = async (scene, file, options) => {
  const visit = await scene.browser.visit(`${scene.gateway.url}/#/scripts/${file}`, options);
  await editor(visit.page).waitFor();
  return visit;
};

const saved = page => page.locator('.bar').getByText('unsaved').waitFor({ state: 'detached' });

const served = async (gateway, name) => (await gateway.call(`/admin/patterns/${name}`)).version;

export function scripts(scene) {
  test('a broken script is shown at its line, and the old version serves on', async () => {
    const { gateway } = scene;
    const before = await served(gateway, 'sonata_react');
    const visit = await open(scene, 'patterns/sonata_react.js');
    visit.expect(/422/);
    const { page } = visit;
    await type(page, '\nexport const broken = (;\n');
    await page.locator('.problems li').first().waitFor();
    await page.locator('.editor .cm-lint-marker-error').first().waitFor();
    await visit.picture('patterns-problem');
    await visit.accessible('a script with a problem');
    await page.keyboard.press('Control+s');
    await page.locator('.problems li').first().waitFor();
    assert.equal(await served(gateway, 'sonata_react'), before);
    await page.locator('.problems li button').first().click();
    await page.keyboard.press('Control+z');
    await page.locator('.problems').waitFor({ state: 'detached' });
    await visit.done();
  });

  test('a save serves, shows its difference, and can be rolled back', async () => {
    const { gateway } = scene;
    const before = await served(gateway, 'deepseek_react');
    const visit = await open(scene, 'patterns/deepseek_react.py');
    const { page } = visit;
    await type(page, '\n# a remark\n');
    await page.locator('.bar .seg').getByText('Diff').click();
    await page.locator('.editor.diff .cm-insertedLine, .editor.diff .cm-changedLine').first().waitFor();
    await visit.picture('patterns-diff');
    await visit.accessible('a difference');
    await page.locator('.bar .seg').getByText('Edit').click();
    await page.locator('#save').click();
    await saved(page);
    const after = await served(gateway, 'deepseek_react');
    assert.notEqual(after, before);
    await page.getByText('History', { exact: true }).click();
    await page.getByRole('button', { name: 'Roll back' }).first().click();
    await page.getByText('Rolled back. That version serves again.').waitFor();
    assert.equal(await served(gateway, 'deepseek_react'), before);
    assert.doesNotMatch(await readFile(gateway.file('patterns/deepseek_react.py'), 'utf8'), /a remark/);
    await visit.done();
  });

  test('an edit by another program shows in the open page', async () => {
    const { gateway } = scene;
    const path = gateway.file('patterns/expert_delegation_react.js');
    const visit = await open(scene, 'patterns/expert_delegation_react.js');
    const text = await readFile(path, 'utf8');
    await writeFile(path, `// edited elsewhere\n${text}`);
    await editor(visit.page).getByText('// edited elsewhere').waitFor();
    await visit.done();
  });

  test('a conflict loses nothing', async () => {
    const { gateway } = scene;
    const path = gateway.file('tools/calculator.js');
    const visit = await open(scene, 'tools/calculator.js');
    visit.expect(/412/);
    const { page } = visit;
    await type(page, '\n// mine\n');
    await writeFile(path, `// theirs\n${await readFile(path, 'utf8')}`);
    await page.getByText('Somebody else has saved this file').waitFor();
    await visit.accessible('a conflict');
    await editor(page).getByText('// mine').waitFor();
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.locator('#save').click();
    await saved(page);
    const written = await readFile(path, 'utf8');
    assert.match(written, /\/\/ mine/);
    assert.doesNotMatch(written, /\/\/ theirs/);
    await visit.done();
  });

  test('a new pattern is begun with a template, tried, and deleted', async () => {
    const { gateway } = scene;
    const visit = await open(scene, 'patterns/basic_react.js');
    const { page } = visit;
    await page.getByRole('button', { name: 'New file' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.templates label').first().click();
    await visit.accessible('the templates');
    await dialog.getByLabel('File name').fill('mine.js');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('patterns/mine.js').first().waitFor();
    await page.locator('.side-panel').getByLabel('Question').fill('What is 2*4?');
    await page.locator('.side-panel').getByRole('button', { name: 'Try it' }).click();
    await page.locator('.side-panel .answer').waitFor();
    await visit.picture('patterns-try');
    await page.getByRole('button', { name: 'Delete the file' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.locator('.tree').getByText('mine.js').waitFor({ state: 'detached' });
    await assert.rejects(readFile(gateway.file('patterns/mine.js')));
    await visit.done();
  });

  test('scenarios run, and ctx is completed', async () => {
    const visit = await open(scene, 'patterns/standard_gemini_react.js');
    const { page } = visit;
    await page.locator('.side-panel').getByText('Scenarios').click();
    await page.getByRole('button', { name: 'Run the scenarios' }).click();
    await page.locator('.scenario .chip.ok').nth(2).waitFor();
    await visit.accessible('scenarios');
    await type(page, '\n');
    await page.keyboard.type('function x(ctx) { ctx.th');
    await page.locator('.cm-tooltip-autocomplete').getByText('thought').first().waitFor();
    await visit.done();
  });

  test("a tool's scenarios run", async () => {
    const visit = await open(scene, 'tools/web_search.js');
    const { page } = visit;
    await page.locator('.side-panel').getByText('Scenarios').click();
    await page.getByRole('button', { name: 'Run the scenarios' }).click();
    await page.locator('.scenario .chip.ok').nth(5).waitFor();
    assert.equal(await page.locator('.scenario .chip.err').count(), 0);
    await visit.done();
  });

  test('a tool is called with arguments from its form', async () => {
    const visit = await open(scene, 'tools/calculator.js');
    const { page } = visit;
    await page.getByLabel(/expression/i).fill('6*7');
    await page.getByLabel(/expression/i).blur();
    await page.locator('.side-panel').getByRole('button', { name: 'Try it' }).click();
    await page.locator('.side-panel pre').getByText('42').waitFor();
    await visit.done();
  });
}
