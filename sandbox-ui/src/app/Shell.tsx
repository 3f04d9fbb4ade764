import { signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { loginNeeded } from '../api/http.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Skeleton, Trouble } from '../ui/Page.tsx';
import { link } from './channel.ts';
import { Login } from './Login.tsx';
import { Palette } from './Palette.tsx';
import { go, place } from './routes.ts';
import { Sidebar } from './Sidebar.tsx';
import { DEFAULT_TAB, TABS } from './tabs.ts';
import { Toasts } from './toasts.tsx';

const palette = signal(false);

/** Ctrl K opens the palette; g and a tab's letter lead there, unless somebody is writing. */
function useKeys() {
  useEffect(() => {
    let prefixed = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        palette.value = !palette.value;
        return;
      }
      if (isWriting(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'g') {
        prefixed = event.timeStamp;
        return;
      }
      const tab = TABS.find(one => one.key === event.key);
      if (tab && event.timeStamp - prefixed < 1000) go(tab.id);
      prefixed = -Infinity;
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** Editors live in shadow roots: the path tells what the event's target hides. */
function isWriting(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function CurrentTab() {
  // A place within the tab must not draw it anew from here.
  const current = useComputed(() => place.value.tab);
  const shown = useSignal<{ id: string; component: FunctionComponent } | undefined>(undefined);
  const failed = useSignal<unknown>(undefined);
  useSignalEffect(() => {
    const tab = TABS.find(one => one.id === current.value);
    if (!tab) return void go(DEFAULT_TAB);
    failed.value = undefined;
    tab.load().then(
      component => {
        if (current.peek() !== tab.id) return;
        shown.value = { id: tab.id, component };
        requestAnimationFrame(() =>
          document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }),
        );
      },
      (error: unknown) => (failed.value = error),
    );
  });
  if (failed.value) return <Trouble error={failed.value} retry={() => location.reload()} />;
  if (!shown.value) return <Skeleton />;
  const Shown = shown.value.component;
  return <Shown key={shown.value.id} />;
}

export function Shell() {
  useKeys();
  const current = useComputed(() => place.value.tab);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={e => {
          e.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t('nav.skip')}
      </a>
      <Sidebar current={current.value} openPalette={() => (palette.value = true)} />
      <main id="main" tabIndex={-1}>
        {link.value === 'away' && (
          <div class="away" role="status">
            <Icon name="warn" size={14} />
            {t('app.away')}
          </div>
        )}
        <CurrentTab />
      </main>
      <Toasts />
      {palette.value && <Palette close={() => (palette.value = false)} />}
      {loginNeeded.value && <Login />}
    </>
  );
}
