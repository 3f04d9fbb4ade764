import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from './gateway.mjs';

const MASTER = 'mk-for-the-keys-page-1234567890';

export function quota(scene) {
  test('a virtual key is made, shown once, changed, rotated and revoked', async () => {
    const gateway = await Gateway.start({ masterKey: MASTER });
    const status = async secret =>
      (await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status;
    try {
      const visit = await scene.browser.visit(gateway.url);
      visit.expect(/40[01]/);
      const { page } = visit;
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Key').fill(MASTER);
      await dialog.getByRole('button', { name: 'Log in' }).click();
      await dialog.waitFor({ state: 'detached' });
      await visit.go('#/health');

      await page.getByRole('button', { name: 'New team' }).click();
      await dialog.getByLabel('Name').fill('research');
      await dialog.getByLabel('Budget a month, US dollars').fill('200');
      await visit.accessible('a new team');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await page.getByRole('region', { name: 'Teams' }).getByText('research').waitFor();

      await page.getByRole('button', { name: 'New key' }).click();
      await dialog.getByLabel('Name').fill('report');
      await dialog.getByLabel('Team').selectOption('research');
      await dialog.getByLabel('Aliases').fill('sim-*, simulator');
      await dialog.getByLabel('Expires').fill('soon');
      await dialog.getByLabel('Requests a minute').fill('60');
      await dialog.getByLabel('Budget a day, US dollars').fill('2.5');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.getByRole('alert').getByText('expires_at must be a date').waitFor();
      await dialog.getByLabel('Expires').fill('30d');
      await visit.accessible('a new virtual key');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.getByText('it is not shown again').waitFor();
      const first = await dialog.getByLabel('Key').inputValue();
      assert.match(first, /^sk-mp-[\w-]{43}$/);
      await visit.accessible('a secret');
      await dialog.getByRole('button', { name: 'I have stored it' }).click();
      const row = page.getByRole('region', { name: 'Virtual keys' }).locator('tr', { hasText: 'report' });
      await row.getByText('60 requests/min').waitFor();
      assert.equal(await status(first), 200);
      assert.ok(!(await page.content()).includes(first));

      const body = { model: 'sim-fast', messages: [{ role: 'user', content: 'x' }] };
      const headers = { authorization: `Bearer ${first}` };
      await gateway.call('/v1/chat/completions', { method: 'POST', body, headers });
      await page.getByRole('button', { name: 'Read again' }).click();
      await row
        .getByText(/\$0\.0\d+/)
        .first()
        .waitFor();
      await visit.picture('virtual-keys');
      await visit.accessible('virtual keys');

      await row.getByRole('button', { name: 'Change report' }).click();
      await dialog.getByLabel('Requests a minute').fill('90');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await row.getByText('90 requests/min').waitFor();

      await row.getByRole('button', { name: 'Rotate' }).click();
      await visit.accessible('a rotation');
      await dialog.getByRole('button', { name: 'Rotate' }).click();
      await dialog.getByText('it is not shown again').waitFor();
      const second = await dialog.getByLabel('Key').inputValue();
      await dialog.getByRole('button', { name: 'I have stored it' }).click();
      assert.equal(await status(first), 401);
      assert.equal(await status(second), 200);

      await row.getByRole('button', { name: 'Revoke' }).click();
      await dialog.getByRole('button', { name: 'Revoke' }).click();
      await row.getByText('Revoked', { exact: true }).waitFor();
      assert.equal(await status(second), 401);
      await row.getByRole('button', { name: 'Delete report' }).click();
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await row.waitFor({ state: 'detached' });
      const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
      assert.ok(!kept.includes('sk-mp-'));
      await visit.done();
    } finally {
      await gateway.stop();
    }
  });
}
