import { useSignal, useSignalEffect } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { PromptFile } from '../../api/types.ts';
import { promptFiles } from '../../app/data.ts';
import { href, place, replacePlace } from '../../app/routes.ts';
import { t } from '../../i18n/index.ts';
import type { Editor } from '../../lib/editor/editor.ts';
import { languageOf } from '../../lib/editor/languages.ts';
import '../../styles/editor.css';
import { CodeEditor, DiffView } from '../../ui/CodeEditor.tsx';
import { Conflict } from '../../ui/Conflict.tsx';
import { Button, Chip, Segmented } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Empty, Page, Skeleton, Trouble } from '../../ui/Page.tsx';
import { marksOf, Problems } from '../../ui/Problems.tsx';
import { useSaveKey } from '../../ui/useSaveKey.ts';
import { NewPrompt } from './NewPrompt.tsx';
import { busy, draft, failed, open, path, problems, remove, save, view } from './shelf.ts';

export function Prompts() {
  const creating = useSignal(false);
  const deleting = useSignal(false);
  const editor = useRef<Editor | undefined>(undefined);
  useSignalEffect(followAddress);
  useSaveKey(() => void save());
  const files = promptFiles.value.value;
  return (
    <Page
      title={t('nav.prompts')}
      sub={
        path.value && (
          <>
            <Chip>{path.value}</Chip>
            {draft.dirty.value && <Chip tone="warn">{t('edit.unsaved')}</Chip>}
          </>
        )
      }
      actions={
        path.value && (
          <>
            <Segmented
              label={t('edit.view')}
              value={view.value}
              set={value => (view.value = value)}
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
      <Conflict draft={draft} compare={() => (view.value = 'diff')} />
      <div class="ide">
        <nav class="tree" aria-label={t('scripts.files')}>
          <Trouble error={promptFiles.error.value} retry={() => void promptFiles.reload()} />
          <Folder name={t('prompts.prompts')} files={files?.prompts ?? []} />
          <Folder name={t('prompts.manifests')} files={files?.manifests ?? []} />
          <Button kind="ghost" icon="plus" onClick={() => (creating.value = true)}>
            {t('prompts.new')}
          </Button>
        </nav>
        <div class="ide-main">
          <Trouble error={failed.value} />
          {path.value && !failed.value ? (
            <Source opened={it => (editor.current = it)} />
          ) : files ? (
            <Empty icon="file" title={t('prompts.none')}>
              <p>{t('prompts.noneText')}</p>
            </Empty>
          ) : (
            <Skeleton />
          )}
          <Problems
            file={path.value}
            problems={problems.value}
            reveal={problem => editor.current?.reveal(problem.line, problem.col)}
          />
        </div>
      </div>
      {creating.value && <NewPrompt close={() => (creating.value = false)} />}
      {deleting.value && (
        <Confirm
          title={t('scripts.delete')}
          text={t('prompts.deleteText', { file: path.value })}
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

const Folder = ({ name, files }: { name: string; files: PromptFile[] }) => (
  <div>
    <div class="tree-folder">{name}</div>
    {files.map(file => {
      const current = file.path === path.value;
      return (
        <a
          key={file.path}
          href={href('prompts', file.path)}
          class={current ? 'on' : ''}
          aria-current={current ? 'true' : undefined}
          title={file.description ?? undefined}
        >
          <Icon name="file" size={14} />
          <span class="tree-name">{file.name}</span>
          {current && draft.dirty.value && <span class="led busy" title={t('edit.unsaved')} />}
          {file.problem && (
            <span class="badge err" title={file.problem}>
              !
            </span>
          )}
        </a>
      );
    })}
  </div>
);

function Source({ opened }: { opened: (editor: Editor | undefined) => void }) {
  const marks = useMemo(() => marksOf(problems.value), [problems.value]);
  const theirs = draft.conflict.value;
  const language = languageOf(path.value);
  return (
    <>
      <div class="editor-slot" hidden={view.value !== 'edit'}>
        <CodeEditor
          file={path.value}
          options={{ language, label: path.value }}
          text={draft.text}
          problems={marks}
          changed={text => (draft.text.value = text)}
          save={() => void save()}
          opened={opened}
        />
      </div>
      {view.value === 'diff' && (
        <div class="editor-slot scroll">
          <DiffView
            before={theirs?.text ?? draft.saved.value}
            after={draft.text.value}
            language={language}
            beforeLabel={`${path.value}: ${t(theirs ? 'edit.theirs' : 'edit.saved')}`}
            afterLabel={path.value}
          />
        </div>
      )}
    </>
  );
}

/** Opens the file that the address names; without one, the first. */
function followAddress(): void {
  const { tab, rest } = place.value;
  const files = promptFiles.value.value;
  if (tab !== 'prompts' || !files) return;
  const target = rest || path.peek() || [...files.prompts, ...files.manifests][0]?.path;
  if (!target) return;
  queueMicrotask(() => {
    if (target !== rest) replacePlace('prompts', target);
    void open(target);
  });
}
