import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/run.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { epoch, openChannel } from './app/channel.ts';
import { Shell } from './app/Shell.tsx';
import { followTheme } from './app/theme.ts';
import { identify } from './app/who.ts';
import { preferredLang, speak } from './i18n/index.ts';
import { openRemoteOnClick } from './lib/markdown/remote.ts';

followTheme();
openRemoteOnClick(document.body);
await Promise.all([speak(preferredLang()), identify()]);
openChannel();
// The gateway was away: its logins may be void.
let known = epoch.peek();
effect(() => {
  if (epoch.value !== known) void identify();
  known = epoch.value;
});
const app = document.getElementById('app');
if (app) render(<Shell />, app);
// Needed with the first answer; fetched while nobody waits for it.
setTimeout(() => import('./lib/markdown/stream.ts').catch(() => {}), 700);
