import { signal, useSignalEffect } from '@preact/signals';
import { models } from '../../app/data.ts';
import { place } from '../../app/routes.ts';
import { announce } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button, Chip, Kbd } from '../../ui/controls.tsx';
import { Empty, Page, Skeleton, Trouble } from '../../ui/Page.tsx';
import { Composer } from './Composer.tsx';
import { LaneView } from './LaneView.tsx';
import { Race } from './Race.tsx';
import { askAgain, lanes, restore, restoring, running, startOver, type Lane } from './race.ts';
import { chatModels, chooseFirst, prompt } from './setup.ts';
import { SetupPanel } from './SetupPanel.tsx';

const panel = signal(innerWidth > 1100);
const focused = signal<Lane | undefined>(undefined);

export function Playground() {
  useSignalEffect(() => {
    if (models.value.value) chooseFirst();
  });
  useSignalEffect(() => {
    const here = place.value;
    if (here.tab !== 'playground' || !models.value.value) return;
    const ids = (here.query.get('s') ?? '').split(',').filter(Boolean);
    // Not what restoring looks at, only the address.
    queueMicrotask(() => void restore(ids));
  });
  const copyLink = () =>
    void navigator.clipboard?.writeText(location.href).then(() => announce(t('play.linkCopied')));
  return (
    <Page
      title={t('nav.playground')}
      sub={lanes.value.length > 0 && <Chip>{t('play.laneCount', { n: lanes.value.length })}</Chip>}
      actions={
        <>
          {lanes.value.length > 0 && (
            <>
              <Button icon="refresh" disabled={running.value} onClick={askAgain}>
                {t('play.again')}
              </Button>
              <Button icon="plus" onClick={startOver}>
                {t('play.new')}
              </Button>
              <Button icon="link" onClick={copyLink}>
                {t('play.copyLink')}
              </Button>
            </>
          )}
          <Button icon="gear" pressed={panel.value} onClick={() => (panel.value = !panel.value)}>
            {t('play.setup')}
          </Button>
        </>
      }
    >
      <Trouble error={models.error.value} retry={() => void models.reload()} />
      <div class={`play ${panel.value ? 'with-panel' : ''}`}>
        <div class="play-main">
          {lanes.value.length > 0 ? <Lanes /> : restoring.value ? <Skeleton /> : <Invitation />}
          <Composer />
        </div>
        {panel.value && <SetupPanel />}
      </div>
    </Page>
  );
}

function Lanes() {
  const alone = focused.value && lanes.value.includes(focused.value) ? focused.value : undefined;
  return (
    <>
      <Race />
      <div class="lanes">
        {lanes.value.map((lane, i) => (
          <LaneView
            key={i}
            lane={lane}
            focused={alone === lane}
            hidden={alone !== undefined && alone !== lane}
            focus={() => (focused.value = alone === lane ? undefined : lane)}
          />
        ))}
      </div>
    </>
  );
}

function Invitation() {
  const none = models.value.value !== undefined && chatModels.value.length === 0;
  const use = (text: string) => {
    prompt.value = text;
    document.getElementById('prompt')?.focus();
  };
  if (none)
    return (
      <Empty icon="key" title={t('play.noModels')}>
        <p>{t('play.noModelsText')}</p>
      </Empty>
    );
  return (
    <Empty icon="play" title={t('play.empty')}>
      <p>
        {t('play.emptyText')} <Kbd keys="Ctrl" /> <Kbd keys="Enter" />
      </p>
      <div class="examples">
        {(['play.example1', 'play.example2', 'play.example3'] as const).map(key => (
          <button key={key} type="button" class="example" onClick={() => use(t(key))}>
            {t(key)}
          </button>
        ))}
      </div>
    </Empty>
  );
}
