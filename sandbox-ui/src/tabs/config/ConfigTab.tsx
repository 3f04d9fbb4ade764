import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { restartGateway } from '../../api/admin.ts';
import type { Problem } from '../../api/types.ts';
import { complain, toast } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import type { Editor } from '../../lib/editor/editor.ts';
import '../../styles/config.css';
import '../../styles/editor.css';
import { CodeEditor, DiffView } from '../../ui/CodeEditor.tsx';
import { Conflict } from '../../ui/Conflict.tsx';
import { Button, Chip, Segmented } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Page, Skeleton, Trouble } from '../../ui/Page.tsx';
import { marksOf, Problems } from '../../ui/Problems.tsx';
import { useSaveKey } from '../../ui/useSaveKey.ts';
import { Aliases } from './Aliases.tsx';
import {
  begin,
  busy,
  changed,
  changes,
  draft,
  failed,
  fileName,
  fix,
  loaded,
  problems,
  read,
  save,
  typed,
  view,
  withTheirs,
  writable,
  yaml,
} from './document.ts';
import { ModelTable } from './ModelTable.tsx';

export function ConfigTab() {
  useEffect(begin, []);
  useSaveKey(() => void save());
  return (
    <Page
      title={t('nav.config')}
      sub={
        <>
          <Chip>{fileName.value}</Chip>
          {draft.dirty.value && (
            <Chip tone="warn">{t('config.changed', { n: Math.max(1, changes.value.length) })}</Chip>
          )}
          {!writable.value && <Chip tone="warn">{t('config.readOnly')}</Chip>}
        </>
      }
      actions={<Actions />}
    >
      <Trouble error={failed.value} retry={() => void read()} />
      <Conflict
        draft={draft}
        compare={() => {
          withTheirs.value = true;
          view.value = 'diff';
        }}
      />
      {loaded.value ? <Document /> : !failed.value && <Skeleton />}
    </Page>
  );
}

const Actions = () => (
  <>
    <Segmented
      label={t('edit.view')}
      value={view.value}
      set={value => {
        withTheirs.value = false;
        view.value = value;
      }}
      options={[
        ['table', t('config.table')],
        ['yaml', 'YAML'],
        ['diff', t('config.diff')],
      ]}
    />
    {draft.dirty.value && <Button onClick={() => changed(draft.saved.value)}>{t('app.discard')}</Button>}
    <Restart />
    <Button
      kind="primary"
      id="save"
      kbd="Ctrl S"
      disabled={!draft.dirty.value || busy.value || yaml.value.broken || !writable.value}
      onClick={() => void save()}
    >
      {t('app.save')}
    </Button>
  </>
);

/** For the few settings that a save alone doesn't change. */
function Restart() {
  const asking = useSignal(false);
  const restart = () => {
    asking.value = false;
    restartGateway().then(() => toast(t('config.restarting')), complain);
  };
  return (
    <>
      <Button onClick={() => (asking.value = true)}>{t('config.restart')}</Button>
      {asking.value && (
        <Confirm
          title={t('config.restart')}
          text={t('config.restartNote')}
          action={t('config.restart')}
          yes={restart}
          no={() => (asking.value = false)}
        />
      )}
    </>
  );
}

function Document() {
  const editor = useRef<Editor | undefined>(undefined);
  const wanted = useRef<Problem | undefined>(undefined);
  const marks = useMemo(() => marksOf(problems.value, fix), [problems.value]);
  const reveal = (problem: Problem) => {
    wanted.current = problem;
    if (view.value === 'yaml') show();
    else view.value = 'yaml';
  };
  const show = () => {
    if (wanted.current) editor.current?.reveal(wanted.current.line, wanted.current.col);
    wanted.current = undefined;
  };
  return (
    <>
      <div class="problems-top">
        <Problems file={fileName.value} problems={problems.value} reveal={reveal} fix={fix} />
      </div>
      {view.value === 'table' && (
        <>
          <ModelTable />
          <Aliases />
        </>
      )}
      {view.value === 'yaml' && (
        <div class="editor-slot framed">
          <CodeEditor
            file={fileName.value}
            options={{ language: 'yaml', label: fileName.value }}
            text={draft.text}
            problems={marks}
            changed={typed}
            save={() => void save()}
            opened={opened => {
              editor.current = opened;
              show();
            }}
          />
        </div>
      )}
      {view.value === 'diff' && <Review />}
    </>
  );
}

function Review() {
  const theirs = withTheirs.value ? draft.conflict.value?.text : undefined;
  return (
    <>
      <p class="impact">
        <Icon name="bulb" size={15} />
        {draft.dirty.value
          ? changes.value.length > 0
            ? t('config.impact', { n: changes.value.length, names: changes.value.join(', ') })
            : t('config.impactElsewhere')
          : t('config.nothing')}
      </p>
      <div class="editor-slot framed scroll">
        <DiffView
          before={theirs ?? draft.saved.value}
          after={draft.text.value}
          language="yaml"
          beforeLabel={theirs === undefined ? t('edit.saved') : t('edit.theirs')}
          afterLabel={t('edit.unsaved')}
        />
      </div>
    </>
  );
}
