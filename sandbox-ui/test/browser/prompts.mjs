import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';

const editor = page => page.locator('.editor-slot:not([hidden]) .cm-content');

export function prompts(scene) {
  test('a prompt is edited, compared and saved', async () => {
    const { gateway } = scene;
    const visit = await scene.browser.visit(`${gateway.url}/#/prompts/prompts/plain_speaker.md`);
    const { page } = visit;
    await editor(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('\nNever use two words where one will do.\n');
    await page.locator('.bar .seg').getByText('Diff').click();
    await page.locator('.editor.diff .cm-insertedLine, .editor.diff .cm-changedLine').first().waitFor();
    await visit.picture('prompts');
    await visit.accessible('a prompt');
    await page.locator('#save').click();
    await page.getByText('Saved. The next run uses it.').waitFor();
    assert.match(
      await readFile(gateway.file('system_prompts/plain_speaker.md'), 'utf8'),
      /Never use two words/,
    );
    await visit.done();
  });

  test('a manifest is begun, changed elsewhere, and deleted', async () => {
    const { gateway } = scene;
    const visit = await scene.browser.visit(`${gateway.url}/#/prompts`);
    const { page } = visit;
    await page.getByRole('button', { name: 'New prompt or manifest' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Manifest', { exact: true }).click();
    await dialog.getByLabel('File name').fill('tone.md');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.locator('.bar').getByText('manifests/tone.md').waitFor();
    await writeFile(gateway.file('manifests/tone.md'), 'Warm.\n');
    await editor(page).getByText('Warm.').waitFor();
    await page.getByRole('button', { name: 'Delete the file' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.locator('.tree').getByText('tone.md').waitFor({ state: 'detached' });
    await visit.done();
  });
}
