import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from './gateway.mjs';
import { ask } from './playground.mjs';

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
      await ask(page, 'What is 9*9?');
      await page.reload();
      await page.locator('.answer').first().waitFor();
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
