import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './browser.mjs';
import { Gateway } from './gateway.mjs';

const KEY = 'mk-for-the-page-1234567890';

export function login(scene) {
  test('a gateway with a key asks for it, and forgets it at log-out', async () => {
    const gateway = await Gateway.start({ masterKey: KEY });
    try {
      const visit = await scene.browser.visit(gateway.url);
      visit.expect(/401/);
      const { page } = visit;
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await visit.accessible('the login');
      await visit.picture('login');
      await dialog.getByLabel('Key').fill('wrong');
      await dialog.getByRole('button', { name: 'Log in' }).click();
      await dialog.getByRole('alert').waitFor();
      await dialog.getByLabel('Key').fill(KEY);
      await dialog.getByRole('button', { name: 'Log in' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.locator('.lane-card').first().waitFor();
      await page.reload();
      await page.locator('.lane-card').first().waitFor();
      assert.equal(await dialog.count(), 0);
      // What changes something needs the login's token.
      await page.getByLabel('Search', { exact: true }).waitFor();
      await visit.go('#/health');
      await page.getByRole('switch', { name: 'Five tokens a second' }).check({ force: true });
      const headers = { authorization: `Bearer ${KEY}` };
      const isSet = async () =>
        (await gateway.call('/admin/simulator/faults', { headers })).faults['*'] !== undefined;
      await until(isSet, 'the fault is set');
      assert.equal(
        await page.evaluate(key => JSON.stringify({ ...localStorage, ...sessionStorage }).includes(key), KEY),
        false,
      );
      await page.getByRole('button', { name: 'Log out' }).click();
      await dialog.waitFor();
      await visit.done();
    } finally {
      await gateway.stop();
    }
  });
}
