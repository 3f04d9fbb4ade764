import assert from 'node:assert/strict';
import { test } from 'node:test';

async function answered(gateway, request) {
  return gateway.call('/v1/react/sessions', { method: 'POST', body: { stream: false, ...request } });
}

export function sessions(scene) {
  test('a run is found, and each call shows what was sent', async () => {
    const { gateway } = scene;
    const { session_id } = await answered(gateway, { model_alias: 'agent', user_query: 'What is 6*9?' });
    const visit = await scene.browser.visit(`${gateway.url}/#/sessions`);
    const { page } = visit;
    await page.getByLabel('State', { exact: true }).selectOption('answered');
    await page.getByLabel('Search ids, aliases, patterns').fill(session_id.slice(0, 12));
    await page.locator('tbody tr').first().waitFor();
    assert.equal(await page.locator('tbody tr').count(), 1);
    await visit.accessible('the list of sessions');
    await page.locator('tbody a').click();
    await page.locator('.answer').getByText('54').waitFor();
    await visit.picture('session');
    await visit.accessible('a session step by step');
    await page.getByText('Waterfall', { exact: true }).click();
    await page.getByRole('button', { name: /tool calculator/ }).click();
    await page.locator('.wf-payload').getByText('54').waitFor();
    await page.getByRole('button', { name: /model/ }).first().click();
    await page.locator('.wf-payload').getByText('What is 6*9?').first().waitFor();
    await visit.picture('session-waterfall');
    await visit.accessible('the waterfall');
    await visit.done();
  });

  test('a failover shows', async () => {
    const { gateway } = scene;
    const { session_id } = await answered(gateway, { model_alias: 'shaky', user_query: 'What is 2*3?' });
    const visit = await scene.browser.visit(`${gateway.url}/#/sessions/${session_id}`);
    await visit.page.locator('.step').getByText('failover').first().waitFor();
    await visit.page.getByText('Waterfall', { exact: true }).click();
    await visit.page
      .getByText(/other profiles: 1/)
      .first()
      .waitFor();
    await visit.done();
  });

  test('a fork goes on from a step with an edit', async () => {
    const { gateway } = scene;
    const { session_id } = await answered(gateway, { model_alias: 'agent', user_query: 'What is 5*5?' });
    const visit = await scene.browser.visit(`${gateway.url}/#/sessions/${session_id}`);
    const { page } = visit;
    await page.locator('.step-head').nth(1).click();
    await page.getByRole('button', { name: 'Fork from here' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Your instruction').fill('Be brief.');
    await visit.accessible('the dialog of a fork');
    await dialog.getByRole('button', { name: 'Fork' }).click();
    await page.waitForFunction(id => !location.hash.includes(id), session_id);
    await page.locator('.answer').getByText('25').waitFor();
    const forked = page.url().split('/').at(-1);
    const record = await gateway.call(`/v1/react/sessions/${forked}`);
    assert.equal(record.run_list[0].request.client_system_instruction, 'Be brief.');
    await visit.done();
  });

  test('two sessions are compared', async () => {
    const { gateway } = scene;
    await answered(gateway, { model_alias: 'agent', user_query: 'What is 1*2?' });
    await answered(gateway, {
      model_alias: 'simulator',
      reasoning_mode: 'plain_chat',
      user_query: 'What is 1*2?',
    });
    const visit = await scene.browser.visit(`${gateway.url}/#/sessions`);
    const { page } = visit;
    await page.locator('.pick input').nth(0).check();
    await page.locator('.pick input').nth(1).check();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('.lane .answer').nth(1).waitFor();
    assert.equal(await page.locator('.lane .answer').count(), 2);
    await visit.picture('sessions-compared');
    await visit.accessible('two sessions');
    await visit.done();
  });

  test('a run is cancelled, resumed and deleted', async () => {
    const { gateway } = scene;
    const begun = await fetch(`${gateway.url}/v1/react/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model_alias: 'sim-slow',
        reasoning_mode: 'plain_chat',
        user_query: 'A long story, please',
      }),
    });
    const id = begun.headers.get('x-magic-session');
    await begun.body.cancel();
    const visit = await scene.browser.visit(`${gateway.url}/#/sessions/${id}`);
    const { page } = visit;
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByText('Stopped. What was said stays.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.turn').getByText('attempt 2').waitFor();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByRole('button', { name: 'Delete the session' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL(/#\/sessions$/);
    await assert.rejects(gateway.call(`/v1/react/sessions/${id}`), /404/);
    await visit.done();
  });
}
