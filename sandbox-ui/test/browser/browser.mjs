import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const here = import.meta.dirname;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const CHROMIUM =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Where pictures of the tabs go: into the documentation when asked, else beside the tests. */
const pictures = process.env.SCREENS ? resolve(here, '../../../docs/screens') : resolve(here, '../../.shots');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Waits until it is so. */
export async function until(check, what) {
  const end = Date.now() + 20_000;
  while (!(await check())) {
    assert.ok(Date.now() < end, `never came true: ${what}`);
    await new Promise(done => setTimeout(done, 50));
  }
}

export class Browser {
  static async open() {
    await mkdir(pictures, { recursive: true });
    return new Browser(await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));
  }

  constructor(browser) {
    this.browser = browser;
  }

  /** A page that nobody has been on before. */
  async visit(url, { theme = 'light', locale = 'en-US', viewport = { width: 1440, height: 900 } } = {}) {
    const context = await this.browser.newContext({
      colorScheme: theme,
      locale,
      viewport,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const visit = new Visit(page);
    await page.goto(url);
    await page.waitForSelector('h1');
    return visit;
  }

  close() {
    return this.browser.close();
  }
}

/** A page, and all that it complained of. */
export class Visit {
  complaints = [];
  /** While the gateway is away on purpose, failed requests are no complaint; nor are answers that a test provokes. */
  expected = [];

  constructor(page) {
    this.page = page;
    page.on('pageerror', error => this.complaints.push(`error: ${error.message}`));
    page.on('console', message => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('request', request => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1')
        this.complaints.push(`asks ${request.url()}`);
    });
  }

  expect(...patterns) {
    this.expected.push(...patterns);
  }

  go(hash) {
    return this.page.evaluate(to => void (location.hash = to), hash);
  }

  picture(name) {
    return this.page.screenshot({ path: join(pictures, `${name}.png`) });
  }

  /** No violation of accessibility, as it is now. */
  async accessible(what) {
    // Through the debugger: the page's policy allows no foreign script.
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Runtime.evaluate', { expression: axe });
    await session.detach();
    const violations = await this.page.evaluate(async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const result = await window.axe.run(document, { runOnly: tags });
      return result.violations.map(
        v =>
          `${v.id}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].any[0]?.message ?? ''}`,
      );
    });
    assert.deepEqual(violations, [], what);
  }

  async done() {
    const complaints = this.complaints.filter(one => !this.expected.some(pattern => pattern.test(one)));
    await this.page.context().close();
    assert.deepEqual(complaints, []);
  }
}
