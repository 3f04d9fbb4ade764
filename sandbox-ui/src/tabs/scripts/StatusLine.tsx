import { t } from '../../i18n/index.ts';
import { short } from '../../lib/format.ts';
import { filesOf, busy, file, kind, summary } from './workbench.ts';

/** Which version serves, and what that means for the file. */
export function StatusLine() {
  const script = summary.value;
  const entry = filesOf(kind.value).value.value?.files.find(one => one.path === file.value);
  const users = entry?.used_by ?? [];
  const version = script?.version ? short(script.version) : '';
  const tone = busy.value ? 'busy' : script?.status.startsWith('broken') ? 'bad' : '';
  const words = busy.value
    ? t('scripts.saving')
    : !script
      ? t('scripts.helper', { users: users.join(', ') || '–' })
      : script.status === 'serving'
        ? t('scripts.serving', { version })
        : script.status === 'broken'
          ? t('scripts.neverServed')
          : t('scripts.oldServes', { version });
  return (
    <div class="status" role="status">
      <span class={`led ${tone}`} />
      <span class="grow">{words}</span>
      <span>{file.value.endsWith('.py') ? 'Python · GraalPy' : 'JavaScript · GraalJS'}</span>
      <span class="wide-only">{t('edit.leave')}</span>
    </div>
  );
}
