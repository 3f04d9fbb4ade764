import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { cancelSession, deleteSession, resumeSession } from '../../api/sessions.ts';
import { epoch } from '../../app/channel.ts';
import { go, href } from '../../app/routes.ts';
import { complain, toast } from '../../app/toasts.tsx';
import { t, tOr } from '../../i18n/index.ts';
import { clip } from '../../lib/format.ts';
import { Button, Chip, Segmented, Select } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Page, Skeleton, Trouble } from '../../ui/Page.tsx';
import { ForkDialog } from './ForkDialog.tsx';
import { Opened } from './opened.ts';
import { RunSummary } from './RunSummary.tsx';
import { stateTone } from './SessionList.tsx';
import { Timeline } from './Timeline.tsx';
import { Waterfall } from './Waterfall.tsx';

export function SessionPage({ id }: { id: string }) {
  const opened = useMemo(() => new Opened(id), [id]);
  const view = useSignal<'timeline' | 'waterfall'>('timeline');
  const forking = useSignal<number | undefined>(undefined);
  useSignalEffect(() => {
    void epoch.value;
    void opened.open();
  });
  useEffect(() => () => opened.close(), [opened]);
  // The record tells of states; the events, when they have changed.
  useSignalEffect(() => {
    if (opened.followed.value?.conversation.running.value === false) void opened.refresh();
  });
  const record = opened.record.value;
  const runs = record?.run_list ?? [];
  return (
    <Page
      title={t('sessions.one')}
      sub={
        <>
          <Chip title={id}>{clip(id, 18)}</Chip>
          {record && <Chip tone={stateTone(record.state)}>{tOr(`state.${record.state}`, record.state)}</Chip>}
        </>
      }
      actions={record && <Actions opened={opened} />}
    >
      <Trouble error={opened.error.value} retry={() => void opened.open()} />
      {!record || !opened.turn ? (
        !opened.error.value && <Skeleton />
      ) : (
        <>
          <div class="session-tools">
            <Segmented
              label={t('sessions.view')}
              value={view.value}
              set={value => (view.value = value)}
              options={[
                ['timeline', t('sessions.timeline')],
                ['waterfall', t('sessions.waterfall')],
              ]}
            />
            {runs.length > 1 && (
              <Select
                label={t('sessions.run')}
                value={String(opened.run?.run ?? '')}
                set={value => (opened.chosen.value = Number(value))}
                options={runs.map(run => [
                  String(run.run),
                  `${t('sessions.run')} ${run.run}: ${clip(run.request.user_query ?? '', 40)}`,
                ])}
              />
            )}
          </div>
          <RunSummary turn={opened.turn} run={opened.run} />
          {view.value === 'timeline' ? (
            <Timeline turn={opened.turn} fork={step => (forking.value = step)} />
          ) : (
            <Waterfall turn={opened.turn} journal={opened.journal(opened.turn.number)} />
          )}
        </>
      )}
      {forking.value !== undefined && record && (
        <ForkDialog record={record} step={forking.value} close={() => (forking.value = undefined)} />
      )}
    </Page>
  );
}

function Actions({ opened }: { opened: Opened }) {
  const asking = useSignal(false);
  const running = opened.followed.value?.conversation.running.value ?? false;
  const last = opened.followed.value?.conversation.last.value;
  const resumable = !running && last?.failure.value?.resumable === true;
  const resume = async () => {
    try {
      await resumeSession(opened.id);
      opened.followed.value?.resumed();
    } catch (error) {
      complain(error);
    }
  };
  const remove = async () => {
    asking.value = false;
    try {
      await deleteSession(opened.id);
      toast(t('sessions.deleted'));
      go('sessions');
    } catch (error) {
      complain(error);
    }
  };
  return (
    <>
      <a class="btn" href={href('sessions')}>
        {t('sessions.all')}
      </a>
      <a class="btn" href={href('playground', '', { s: opened.id })}>
        <Icon name="play" size={15} />
        {t('sessions.inPlayground')}
      </a>
      {running && (
        <Button kind="danger" icon="stop" onClick={() => void cancelSession(opened.id).catch(complain)}>
          {t('sessions.cancel')}
        </Button>
      )}
      {resumable && (
        <Button kind="primary" icon="play" onClick={() => void resume()}>
          {t('sessions.resume')}
        </Button>
      )}
      {!running && <Button icon="trash" label={t('sessions.delete')} onClick={() => (asking.value = true)} />}
      {asking.value && (
        <Confirm
          title={t('sessions.delete')}
          text={t('sessions.deleteText')}
          action={t('app.delete')}
          yes={() => void remove()}
          no={() => (asking.value = false)}
        />
      )}
    </>
  );
}
