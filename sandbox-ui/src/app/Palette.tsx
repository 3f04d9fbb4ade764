import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t, speak, otherLang } from '../i18n/index.ts';
import { Kbd } from '../ui/controls.tsx';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { patternFiles, promptFiles, toolFiles } from './data.ts';
import { go } from './routes.ts';
import { TABS } from './tabs.ts';
import { switchTheme } from './theme.ts';

interface Command {
  id: string;
  icon: IconName;
  name: string;
  keys?: string;
  run: () => void;
}

function commands(): Command[] {
  const file = (kind: string, path: string): Command => ({
    id: `${kind}/${path}`,
    icon: kind === 'tools' ? 'tool' : 'code',
    name: `${kind}/${path}`,
    run: () => go('scripts', `${kind}/${path}`),
  });
  const prompts = promptFiles.value.value;
  return [
    ...TABS.map(tab => ({
      id: tab.id,
      icon: tab.icon,
      name: t(tab.name),
      keys: `g ${tab.key}`,
      run: () => go(tab.id),
    })),
    { id: 'theme', icon: 'moon', name: t('nav.switchTheme'), run: switchTheme },
    { id: 'language', icon: 'file', name: t('nav.language'), run: () => void speak(otherLang.value) },
    ...(patternFiles.value.value?.files ?? []).map(each => file('patterns', each.path)),
    ...(toolFiles.value.value?.files ?? []).map(each => file('tools', each.path)),
    ...[...(prompts?.prompts ?? []), ...(prompts?.manifests ?? [])].map(each => ({
      id: each.path,
      icon: 'file' as const,
      name: each.path,
      run: () => go('prompts', each.path),
    })),
  ];
}

/** Goes to a tab or a file, or does something, by a few letters of its name. */
export function Palette({ close }: { close: () => void }) {
  const text = useSignal('');
  const chosen = useSignal(0);
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const wanted = text.value.toLowerCase();
  const hits = commands()
    .filter(command => command.name.toLowerCase().includes(wanted))
    .slice(0, 12);
  const run = (command: Command | undefined) => {
    close();
    command?.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && hits.length > 0) {
      event.preventDefault();
      chosen.value = (chosen.value + step + hits.length) % hits.length;
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(hits[chosen.value]);
    }
  };
  return (
    <dialog
      ref={element}
      class="palette"
      aria-label={t('nav.search')}
      onCancel={close}
      onClick={e => e.target === element.current && close()}
    >
      <input
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={hits.length > 0 ? 'palette-list' : undefined}
        aria-activedescendant={hits.length > 0 ? `palette-${chosen.value}` : undefined}
        aria-label={t('nav.search')}
        placeholder={t('nav.searchHint')}
        value={text.value}
        onInput={e => {
          text.value = e.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKey}
      />
      {hits.length === 0 && <p class="palette-none">{t('nav.nothing')}</p>}
      <ul hidden={hits.length === 0} id="palette-list" role="listbox" aria-label={t('nav.search')}>
        {hits.map((command, i) => (
          <li
            key={command.id}
            id={`palette-${i}`}
            role="option"
            aria-selected={i === chosen.value}
            onClick={() => run(command)}
          >
            <Icon name={command.icon} />
            {command.name}
            <span class="grow" />
            {command.keys && <Kbd keys={command.keys} />}
          </li>
        ))}
      </ul>
    </dialog>
  );
}
