import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { until } from './browser.mjs';

const visitHealth = async scene => {
  const visit = await scene.browser.visit(`${scene.gateway.url}/#/health`);
  await visit.page.getByRole('region', { name: 'Keys', exact: true }).locator('tbody tr').first().waitFor();
  return visit;
};

export function health(scene) {
  test('a key is added, retired, restored and removed', async () => {
    const { gateway } = scene;
    const visit = await visitHealth(scene);
    const { page } = visit;
    await page.getByRole('button', { name: 'Add a key to openai' }).click();
    await page.getByRole('dialog').getByLabel('Key').fill('sk-test-cccccccccccc3333');
    await visit.accessible('a new key');
    await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
    const row = page.locator('tr', { hasText: '…3333' });
    await row.getByText('Active', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Retire' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Retire' }).click();
    await row.getByText('Retired', { exact: true }).waitFor();
    await visit.picture('keys');
    await visit.accessible('keys');
    await row.getByRole('button', { name: 'Restore' }).click();
    await row.getByText('Active', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Remove …3333' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });
    assert.doesNotMatch(await readFile(gateway.file('keys_pool/keys_pool_openai.env'), 'utf8'), /3333/);
    assert.doesNotMatch(await page.content(), /sk-test-/);
    await visit.done();
  });

  test('a fault is switched on and off, and its failures are counted', async () => {
    const { gateway } = scene;
    const visit = await visitHealth(scene);
    const { page } = visit;
    await page.getByLabel('Profile', { exact: true }).selectOption('sim-chat');
    const fault = page.getByRole('switch', { name: 'Server error (500)' });
    await fault.check({ force: true });
    const isSet = async () =>
      (await gateway.call('/admin/simulator/faults')).faults['sim-chat'] !== undefined;
    await until(isSet, 'the fault is set');
    const body = { model: 'simulator', messages: [{ role: 'user', content: 'x' }] };
    await assert.rejects(gateway.call('/v1/chat/completions', { method: 'POST', body }), /50[0-9]/);
    await page.locator('tr', { hasText: 'sim-chat' }).locator('small.bad').waitFor();
    await visit.picture('health');
    await visit.accessible('health');
    await fault.uncheck({ force: true });
    await until(async () => !(await isSet()), 'the fault is cleared');
    await visit.done();
  });
}
