import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './browser.mjs';

export function restart(scene) {
  test('three tabs with four running lanes each still save, and hear of each other', async () => {
    const { gateway } = scene;
    // Slow enough to be running at the end on any machine.
    const crawl = { profile: 'sim-slow', faults: { tokens_per_second: 1 } };
    await gateway.call('/admin/simulator/faults', { method: 'PUT', body: crawl });
    const visit = await scene.browser.visit(gateway.url);
    const tabs = [visit.page, await visit.page.context().newPage(), await visit.page.context().newPage()];
    for (const page of tabs) {
      await page.goto(gateway.url);
      await page.locator('.lane-card').nth(1).waitFor();
      for (const name of ['agent', 'simulator'])
        await page.getByRole('button', { name: `Remove: ${name}` }).click();
      for (let i = 0; i < 4; i++) await page.locator('select.add').selectOption('sim-slow');
      await page.fill(
        '#prompt',
        'A very long story, please, of a lighthouse and of those who keep it, in all weathers and all years',
      );
      await page.locator('#run').click();
      await page.locator('.answer').nth(3).waitFor();
    }
    const [first, , third] = tabs;
    await third.evaluate(() => void (location.hash = '#/prompts/prompts/code_review.md'));
    await third.locator('.cm-content').click();
    await third.keyboard.insertText('Saved while twelve lanes run. ');
    await third.locator('#save').click();
    await third.getByText('Saved. The next run uses it.').waitFor();
    assert.ok(await first.locator('.lane[aria-busy=true]').count(), 'the lanes still run');
    await first.evaluate(() => void (location.hash = '#/prompts/prompts/code_review.md'));
    await first.locator('.cm-content').getByText('Saved while twelve lanes run.').waitFor();
    await third.locator('.cm-content').click();
    await third.keyboard.insertText('And once more. ');
    await third.locator('#save').click();
    await first.locator('.cm-content').getByText('And once more.').waitFor();
    await visit.done();
    const { data } = await gateway.call('/v1/react/sessions?state=running');
    for (const { id } of data)
      await gateway.call(`/v1/react/sessions/${id}/cancel`, { method: 'POST', body: {} });
    await gateway.call('/admin/simulator/faults', { method: 'DELETE' });
  });

  test('a gateway is restarted from its configuration, and the page comes back by itself', async () => {
    const visit = await scene.browser.visit(`${scene.gateway.url}/#/config`);
    visit.expect(/Failed to load resource|ERR_/);
    const { page } = visit;
    // When it began, by its own account; while it is away there is none.
    const begun = () =>
      scene.gateway.call('/v1/models').then(
        ({ data }) => data[0].created,
        () => before,
      );
    const before = await begun();
    await page.getByRole('button', { name: 'Restart the gateway' }).click();
    const dialog = page.getByRole('dialog');
    await visit.accessible('the question before a restart');
    await dialog.getByRole('button', { name: 'Restart the gateway' }).click();
    await page.getByText('The page comes back by itself.').waitFor();
    await until(async () => (await begun()) !== before, 'it has begun anew');
    await page.getByText('The gateway is away').waitFor({ state: 'detached' });
    await page.getByLabel('Model: sim-chat').waitFor();
    await visit.done();
  });

  test('a gateway that is killed in the middle of a run loses nothing, and the page comes back by itself', async () => {
    const { gateway } = scene;
    const visit = await scene.browser.visit(gateway.url);
    visit.expect(/Failed to load resource|ERR_/);
    const { page } = visit;
    await page.locator('.lane-card').nth(1).waitFor();
    for (const name of ['agent', 'simulator'])
      await page.getByRole('button', { name: `Remove: ${name}` }).click();
    await page.locator('select.add').selectOption('sim-slow');
    await page.fill('#prompt', 'Tell me of lighthouses');
    await page.locator('#run').click();
    await page.locator('.answer .md').getByText('[simulator]').first().waitFor();
    await gateway.kill();
    await page.getByText('The gateway is away').waitFor();
    await visit.picture('gateway-away');
    await visit.accessible('while the gateway is away');
    await gateway.begin();
    await page.getByText('The gateway is away').waitFor({ state: 'detached' });
    await page.locator('.turn').getByText('attempt 2').waitFor();
    await page.locator('.phase.done').waitFor({ timeout: 60_000 });
    const shown = await page.locator('.answer .md').innerText();
    const id = new URLSearchParams(page.url().split('?')[1]).get('s');
    const { run_list } = await gateway.call(`/v1/react/sessions/${id}`);
    assert.equal(shown.replace(/\s+/g, ' ').trim(), run_list[0].result.text.replace(/\s+/g, ' ').trim());
    await visit.done();
  });

  test('an edit survives a gateway that comes back', async () => {
    const { gateway } = scene;
    const visit = await scene.browser.visit(`${gateway.url}/#/config`);
    visit.expect(/Failed to load resource|ERR_/);
    const { page } = visit;
    await page.getByLabel('Model: sim-chat').fill('edited');
    await page.getByLabel('Model: sim-chat').blur();
    await gateway.kill();
    await page.getByText('The gateway is away').waitFor();
    await page.locator('#save').click();
    await page.getByText('The gateway can’t be reached.').first().waitFor();
    await gateway.begin();
    await page.getByText('The gateway is away').waitFor({ state: 'detached' });
    await page.locator('#save').click();
    await page.getByText('Saved. The new configuration serves.').waitFor();
    await visit.done();
  });
}
