import type { ScriptKind } from '../../api/scripts.ts';
import { href } from '../../app/routes.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/controls.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Trouble } from '../../ui/Page.tsx';
import { draft, file, filesOf, kind } from './workbench.ts';

export function FileTree({ create }: { create: () => void }) {
  return (
    <nav class="tree" aria-label={t('scripts.files')}>
      <Folder of="patterns" />
      <Folder of="tools" />
      <Button kind="ghost" icon="plus" onClick={create}>
        {t('scripts.new')}
      </Button>
    </nav>
  );
}

function Folder({ of }: { of: ScriptKind }) {
  const resource = filesOf(of);
  const list = resource.value.value;
  const broken = new Set(
    (list?.scripts ?? []).filter(one => one.status.startsWith('broken')).map(one => one.file),
  );
  return (
    <div>
      <div class="tree-folder">{of}</div>
      <Trouble error={resource.error.value} retry={() => void resource.reload()} />
      {(list?.files ?? []).map(one => {
        const current = of === kind.value && one.path === file.value;
        return (
          <a
            key={one.path}
            href={href('scripts', `${of}/${one.path}`)}
            class={current ? 'on' : ''}
            aria-current={current ? 'true' : undefined}
          >
            <Icon name={one.name === null ? 'file' : of === 'tools' ? 'tool' : 'code'} size={14} />
            <span class="tree-name">{one.path}</span>
            {current && draft.dirty.value && <span class="led busy" title={t('edit.unsaved')} />}
            {broken.has(one.path) && (
              <span class="badge err" title={t('scripts.broken')}>
                !
              </span>
            )}
          </a>
        );
      })}
    </div>
  );
}
