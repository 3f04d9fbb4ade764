import { useSignal, useSignalEffect } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { ScriptKind } from '../../api/scripts.ts';
import { scriptTypings } from '../../app/data.ts';
import { place, replacePlace } from '../../app/routes.ts';
import { t } from '../../i18n/index.ts';
import type { Editor } from '../../lib/editor/editor.ts';
import { languageOf } from '../../lib/editor/languages.ts';
import '../../styles/editor.css';
import { CodeEditor, DiffView } from '../../ui/CodeEditor.tsx';
import { Conflict } from '../../ui/Conflict.tsx';
import { Button, Chip, Segmented } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { Page, Skeleton, Trouble } from '../../ui/Page.tsx';
import { marksOf, Problems } from '../../ui/Problems.tsx';
import { useSaveKey } from '../../ui/useSaveKey.ts';
import { FileTree } from './FileTree.tsx';
import { NewFile } from './NewFile.tsx';
import { SidePanel } from './SidePanel.tsx';
import { StatusLine } from './StatusLine.tsx';
import { useCompletion } from './useCompletion.ts';
import {
  busy,
  changed,
  compared,
  draft,
  failed,
  file,
  filesOf,
  fix,
  kind,
  open,
  problems,
  remove,
  save,
  view,
} from './workbench.ts';

export function Scripts() {
  const editor = useRef<Editor | undefined>(undefined);
  const creating = useSignal(false);
  const deleting = useSignal(false);
  useSignalEffect(followAddress);
  useSaveKey(() => void save());
  const label = `${kind.value}/${file.value}`;
  const compare = () => {
    compared.value = draft.conflict.value && { label: t('edit.theirs'), text: draft.conflict.value.text };
    view.value = 'diff';
  };
  return (
    <Page
      title={t('nav.scripts')}
      sub={
        file.value && (
          <>
            <Chip>{label}</Chip>
            {draft.dirty.value && <Chip tone="warn">{t('edit.unsaved')}</Chip>}
          </>
        )
      }
      actions={
        file.value && (
          <>
            <Segmented
              label={t('edit.view')}
              value={view.value}
              set={value => {
                if (value === 'diff') compared.value = undefined;
                view.value = value;
              }}
              options={[
                ['edit', t('edit.edit')],
                ['diff', t('edit.diff')],
              ]}
            />
            <Button icon="trash" label={t('scripts.delete')} onClick={() => (deleting.value = true)} />
            {draft.dirty.value && <Button onClick={() => draft.discard()}>{t('app.discard')}</Button>}
            <Button
              kind="primary"
              id="save"
              kbd="Ctrl S"
              disabled={busy.value || !draft.dirty.value}
              onClick={() => void save()}
            >
              {t('app.save')}
            </Button>
          </>
        )
      }
    >
      <Conflict draft={draft} compare={compare} />
      <div class="ide">
        <FileTree create={() => (creating.value = true)} />
        <div class="ide-main">
          <Trouble error={failed.value} />
          {file.value && !failed.value ? (
            <Source label={label} opened={it => (editor.current = it)} />
          ) : (
            <Skeleton />
          )}
          <Problems
            file={file.value}
            problems={problems.value}
            fix={fix}
            reveal={problem => {
              view.value = 'edit';
              // The editor may only now be shown again.
              requestAnimationFrame(() => editor.current?.reveal(problem.line, problem.col));
            }}
          />
          {file.value && <StatusLine />}
        </div>
        {file.value && <SidePanel />}
      </div>
      {creating.value && <NewFile close={() => (creating.value = false)} />}
      {deleting.value && (
        <Confirm
          title={t('scripts.delete')}
          text={t('scripts.deleteText', { file: label })}
          action={t('app.delete')}
          no={() => (deleting.value = false)}
          yes={() => {
            deleting.value = false;
            void remove();
          }}
        />
      )}
    </Page>
  );
}

function Source({ label, opened }: { label: string; opened: (editor: Editor | undefined) => void }) {
  const more = useCompletion(kind.value, languageOf(file.value), scriptTypings.value.value);
  const marks = useMemo(() => marksOf(problems.value, fix), [problems.value]);
  const before = compared.value ?? { label: t('edit.saved'), text: draft.saved.value };
  return (
    <>
      <div class="editor-slot" hidden={view.value !== 'edit'}>
        <CodeEditor
          file={label}
          options={{ language: languageOf(file.value), label, ...(more ? { more } : {}) }}
          text={draft.text}
          problems={marks}
          changed={changed}
          save={() => void save()}
          opened={opened}
        />
      </div>
      {view.value === 'diff' && (
        <div class="editor-slot scroll">
          <DiffView
            before={before.text}
            after={draft.text.value}
            language={languageOf(file.value)}
            beforeLabel={`${label}: ${before.label}`}
            afterLabel={label}
          />
        </div>
      )}
    </>
  );
}

/** Opens the file that the address names, by its path or by its name; without one, the first pattern. */
function followAddress(): void {
  const { tab, rest } = place.value;
  if (tab !== 'scripts') return;
  const [folder = '', ...path] = rest.split('/');
  const of: ScriptKind = folder === 'tools' ? 'tools' : 'patterns';
  const list = filesOf(of).value.value;
  if (!list) return;
  const wanted = path.join('/');
  const known = list.files.find(one => one.path === wanted) ?? list.files.find(one => one.name === wanted);
  const target =
    known?.path ?? (wanted || (file.value && of === kind.value ? file.value : list.files[0]?.path));
  if (!target) return;
  queueMicrotask(() => {
    if (target !== wanted) replacePlace('scripts', `${of}/${target}`);
    void open(of, target);
  });
}
