import assert from 'node:assert/strict';
import { test } from 'node:test';

const TABS = ['playground', 'sessions', 'scripts', 'prompts', 'config', 'health'];

/** Something of each tab that is there only when its data are. */
const READY = {
  playground: '.lane-card',
  sessions: 'tbody tr',
  scripts: '.cm-content',
  prompts: '.cm-content',
  config: '.models tbody tr',
  health: '.metrics.overview',
};

export function looks(scene) {
  for (const theme of ['light', 'dark'])
    test(`every tab is accessible in the ${theme} theme`, async () => {
      const visit = await scene.browser.visit(scene.gateway.url, { theme });
      for (const tab of TABS) {
        await visit.go(`#/${tab}`);
        await visit.page.locator(READY[tab]).first().waitFor();
        await visit.accessible(`${tab}, ${theme}`);
        if (theme === 'dark') await visit.picture(`${tab}-dark`);
      }
      await visit.done();
    });

  test('the page speaks Russian, and goes on speaking it', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    const { page } = visit;
    await page.getByRole('button', { name: 'По-русски' }).click();
    await page.getByRole('heading', { name: 'Площадка' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Площадка' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ru');
    await visit.accessible('in Russian');
    await visit.picture('playground-ru');
    await visit.done();
  });

  test('a run can be begun by keyboard alone', async () => {
    const visit = await scene.browser.visit(`${scene.gateway.url}/#/sessions`);
    const { page } = visit;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('playg');
    await visit.accessible('the palette');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Playground' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Configuration' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.locator('.lane-card').nth(1).waitFor();
    for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement?.id === 'prompt')); i++)
      await page.keyboard.press('Tab');
    await page.keyboard.type('What is 8*8?');
    await page.keyboard.press('Control+Enter');
    await page.locator('.lane').first().locator('.answer').getByText('64').waitFor();
    await visit.done();
  });

  test('every tab can be used on a phone', async () => {
    const visit = await scene.browser.visit(scene.gateway.url, { viewport: { width: 390, height: 844 } });
    const { page } = visit;
    await page.locator('#prompt').waitFor();
    for (const tab of TABS) {
      await visit.go(`#/${tab}`);
      await page
        .locator(tab === 'playground' ? '#prompt' : READY[tab])
        .first()
        .waitFor();
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wider <= 0, `${tab} is ${wider} pixels too wide`);
      await visit.picture(`phone-${tab}`);
    }
    await visit.go('#/playground');
    await page.getByRole('button', { name: 'Setup' }).click();
    await page.locator('.lane-card').nth(1).waitFor();
    await page.getByRole('button', { name: 'Setup' }).click();
    await page.fill('#prompt', 'What is 7*7?');
    await page.locator('#run').click();
    await page.locator('.answer').first().waitFor();
    await visit.done();
  });

  test('the palette opens files', async () => {
    const visit = await scene.browser.visit(scene.gateway.url);
    await visit.page.getByRole('button', { name: 'Search' }).click();
    await visit.page.getByRole('option', { name: /Patterns & tools/ }).click();
    await visit.page.locator('.cm-content').waitFor();
    await visit.done();
  });
}
