import { logOut } from '../api/admin.ts';
import { otherLang, speak, t } from '../i18n/index.ts';
import { Icon, Logo } from '../ui/Icon.tsx';
import { Kbd } from '../ui/controls.tsx';
import { link, loginChanged } from './channel.ts';
import { pools } from './data.ts';
import { DEFAULT_TAB, TABS } from './tabs.ts';
import { href } from './routes.ts';
import { switchTheme, theme } from './theme.ts';
import { complain } from './toasts.tsx';
import { who } from './who.ts';

export function Sidebar({ current, openPalette }: { current: string; openPalette: () => void }) {
  let group = '';
  return (
    <aside class="side">
      <div class="brand">
        <Logo />
        <b>Magic Proxy</b>
      </div>
      <button type="button" class="cmd" aria-label={t('nav.search')} onClick={openPalette}>
        <Icon name="search" size={14} />
        <span class="label">{t('nav.search')}</span>
        <span class="grow" />
        <Kbd keys="Ctrl K" />
      </button>
      <nav aria-label={t('nav.main')}>
        {TABS.map(tab => {
          const heading = tab.group !== group && (group = tab.group);
          return [
            heading && (
              <div key={tab.group} class="nav-group">
                {t(tab.group)}
              </div>
            ),
            <a
              key={tab.id}
              href={tab.id === DEFAULT_TAB ? '#/' : href(tab.id)}
              aria-current={tab.id === current ? 'page' : undefined}
              title={t(tab.name)}
            >
              <Icon name={tab.icon} />
              <span class="label">{t(tab.name)}</span>
              {tab.id === 'health' && <KeyBadge />}
            </a>,
          ];
        })}
      </nav>
      <div class="grow" />
      <Footer />
    </aside>
  );
}

/** How many keys don't work now. */
function KeyBadge() {
  const resting = (pools.value.value ?? []).flatMap(pool => pool.keys).filter(key => key.state !== 'active');
  if (resting.length === 0) return null;
  return (
    <span class="badge warn" title={t('nav.keysResting', { n: resting.length })}>
      {resting.length}
    </span>
  );
}

function Footer() {
  const state = link.value;
  const tone = state === 'up' ? '' : state === 'away' ? 'bad' : 'busy';
  return (
    <div class="side-foot">
      <span class={`led ${tone}`} />
      <span class="label grow">{t(`link.${state}`)}</span>
      <button
        type="button"
        class="btn ghost"
        lang={otherLang.value}
        aria-label={t('nav.language')}
        title={t('nav.language')}
        onClick={() => void speak(otherLang.value)}
      >
        {otherLang.value.toUpperCase()}
      </button>
      <button
        type="button"
        class="btn ghost"
        aria-label={t(theme.value === 'dark' ? 'nav.light' : 'nav.dark')}
        title={t(theme.value === 'dark' ? 'nav.light' : 'nav.dark')}
        onClick={switchTheme}
      >
        <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
      </button>
      {who.value?.by === 'session' && (
        <button
          type="button"
          class="btn ghost"
          aria-label={t('login.out')}
          title={t('login.out')}
          onClick={() => void logOut().then(loginChanged, complain)}
        >
          <Icon name="out" />
        </button>
      )}
    </div>
  );
}
