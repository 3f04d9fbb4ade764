import { versionSources } from '../../api/scripts.ts';
import type { ScriptVersion } from '../../api/types.ts';
import { complain } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { short, time } from '../../lib/format.ts';
import { Button, Chip } from '../../ui/controls.tsx';
import { compared, file, kind, rollBackTo, summary, versions, view } from './workbench.ts';

/** Every version that ever loaded: to compare with, and to go back to. */
export function History() {
  const compare = async (version: ScriptVersion) => {
    const name = summary.value?.name;
    if (!name) return;
    try {
      const sources = await versionSources(kind.value, name, version.version);
      compared.value = { label: short(version.version), text: sources.files[file.value] ?? '' };
      view.value = 'diff';
    } catch (error) {
      complain(error);
    }
  };
  return (
    <ol class="history">
      {versions.value.map(version => (
        <li key={version.version} class={version.serving ? 'now' : ''}>
          <div>
            <b class="mono">{short(version.version)}</b>{' '}
            {version.serving && <Chip tone="ok">{t('scripts.now')}</Chip>}
          </div>
          <small>{time(version.at)}</small>
          <div class="row">
            <Button kind="ghost" icon="eye" onClick={() => void compare(version)}>
              {t('edit.diff')}
            </Button>
            {!version.serving && (
              <Button kind="ghost" icon="undo" onClick={() => void rollBackTo(version.version)}>
                {t('scripts.rollBack')}
              </Button>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
