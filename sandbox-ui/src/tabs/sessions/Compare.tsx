import { useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { epoch } from '../../app/channel.ts';
import { href } from '../../app/routes.ts';
import { t, tOr } from '../../i18n/index.ts';
import { clip } from '../../lib/format.ts';
import { Chip } from '../../ui/controls.tsx';
import { Page, Skeleton, Trouble } from '../../ui/Page.tsx';
import { TurnView } from '../../ui/run/TurnView.tsx';
import { Opened } from './opened.ts';
import { RunSummary } from './RunSummary.tsx';
import { stateTone } from './SessionList.tsx';

/** The last runs of two sessions side by side. */
export function Compare({ ids }: { ids: readonly string[] }) {
  const both = useMemo(() => ids.map(id => new Opened(id)), [ids.join()]);
  useSignalEffect(() => {
    void epoch.value;
    for (const one of both) void one.open();
  });
  useEffect(() => () => both.forEach(one => one.close()), [both]);
  return (
    <Page
      title={t('sessions.compared')}
      actions={
        <a class="btn" href={href('sessions')}>
          {t('sessions.all')}
        </a>
      }
    >
      <div class="lanes">
        {both.map(one => (
          <Column key={one.id} opened={one} />
        ))}
      </div>
    </Page>
  );
}

function Column({ opened }: { opened: Opened }) {
  const { record, error } = opened;
  const turn = opened.turn;
  return (
    <section class="lane" aria-label={opened.id}>
      <header class="lane-head">
        <div class="lane-title">
          <h2>
            <a class="mono" href={href('sessions', opened.id)} title={opened.id}>
              {clip(opened.id, 24)}
            </a>
          </h2>
          {record.value && (
            <Chip tone={stateTone(record.value.state)}>
              {tOr(`state.${record.value.state}`, record.value.state)}
            </Chip>
          )}
        </div>
      </header>
      <Trouble error={error.value} retry={() => void opened.open()} />
      <div class="lane-body" tabIndex={0} role="group" aria-label={t('play.output', { name: opened.id })}>
        {turn ? (
          <>
            <RunSummary turn={turn} run={opened.run} />
            <TurnView turn={turn} />
          </>
        ) : (
          !error.value && <Skeleton />
        )}
      </div>
    </section>
  );
}
