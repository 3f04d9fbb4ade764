import type { FunctionComponent } from 'preact';
import type { WordKey } from '../i18n/index.ts';
import type { IconName } from '../ui/Icon.tsx';
import { Playground } from '../tabs/playground/Playground.tsx';

export interface Tab {
  id: string;
  name: WordKey;
  group: WordKey;
  icon: IconName;
  /** The key after `g` that leads to it. */
  key: string;
  load: () => Promise<FunctionComponent>;
}

export const TABS: readonly Tab[] = [
  {
    id: 'playground',
    name: 'nav.playground',
    group: 'nav.build',
    icon: 'play',
    key: 'p',
    load: () => Promise.resolve(Playground),
  },
  {
    id: 'sessions',
    name: 'nav.sessions',
    group: 'nav.build',
    icon: 'trace',
    key: 's',
    load: () => import('../tabs/sessions/Sessions.tsx').then(m => m.Sessions),
  },
  {
    id: 'scripts',
    name: 'nav.scripts',
    group: 'nav.author',
    icon: 'code',
    key: 'e',
    load: () => import('../tabs/scripts/Scripts.tsx').then(m => m.Scripts),
  },
  {
    id: 'prompts',
    name: 'nav.prompts',
    group: 'nav.author',
    icon: 'file',
    key: 'm',
    load: () => import('../tabs/prompts/Prompts.tsx').then(m => m.Prompts),
  },
  {
    id: 'config',
    name: 'nav.config',
    group: 'nav.operate',
    icon: 'gear',
    key: 'c',
    load: () => import('../tabs/config/ConfigTab.tsx').then(m => m.ConfigTab),
  },
  {
    id: 'health',
    name: 'nav.health',
    group: 'nav.operate',
    icon: 'key',
    key: 'k',
    load: () => import('../tabs/health/HealthTab.tsx').then(m => m.HealthTab),
  },
];

export const DEFAULT_TAB = 'playground';
