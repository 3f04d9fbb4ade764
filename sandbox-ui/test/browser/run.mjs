import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CHROMIUM } from './browser.mjs';

// Says plainly when nothing is tested; in CI that is a failure.
if (!CHROMIUM) {
  console.error(
    'no Chromium found: install one (Debian: apt install chromium) or name it by CHROMIUM=…; nothing was tested',
  );
  process.exit(process.env.CI ? 1 : 0);
}
const only = process.argv.slice(2).flatMap(name => ['--test-name-pattern', name]);
const ran = spawnSync(
  process.execPath,
  ['--test', '--test-timeout=300000', ...only, join(import.meta.dirname, 'tabs.test.mjs')],
  {
    stdio: 'inherit',
  },
);
process.exit(ran.status ?? 1);
