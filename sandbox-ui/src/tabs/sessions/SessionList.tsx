import { useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SessionSummary } from '../../api/types.ts';
import { epoch } from '../../app/channel.ts';
import { models, patterns } from '../../app/data.ts';
import { go, href } from '../../app/routes.ts';
import { t, tOr } from '../../i18n/index.ts';
import { clip, time } from '../../lib/format.ts';
import { Button, Chip, Select } from '../../ui/controls.tsx';
import { Empty, Page, Skeleton, Trouble } from '../../ui/Page.tsx';
import {
  failed,
  filter,
  found,
  more,
  pick,
  picked,
  PERIODS,
  readMore,
  reload,
  search,
  shown,
  STATES,
} from './list.ts';

/** New sessions show by themselves while the page is looked at. */
const EVERY_MS = 5000;

export function SessionList() {
  useSignalEffect(() => {
    void filter.value;
    void epoch.value;
    void reload();
  });
  useEffect(() => {
    const timer = setInterval(() => {
      const looking = document.visibilityState === 'visible' && (found.value?.length ?? 0) <= 100;
      if (looking) void reload();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const [first, second] = picked.value;
  return (
    <Page
      title={t('nav.sessions')}
      sub={found.value && <Chip>{shown.value.length}</Chip>}
      actions={
        <>
          <Button
            icon="eye"
            disabled={!first || !second}
            onClick={() => first && second && go('sessions', first, { with: second })}
          >
            {t('sessions.compare')}
          </Button>
          <Button icon="refresh" label={t('sessions.reload')} onClick={() => void reload()} />
        </>
      }
    >
      <Filters />
      <Trouble error={failed.value} retry={() => void reload()} />
      {!found.value ? (
        !failed.value && <Skeleton />
      ) : shown.value.length === 0 ? (
        <Empty icon="trace" title={t(found.value.length === 0 ? 'sessions.none' : 'sessions.noMatch')}>
          <p>{t('sessions.noneText')}</p>
        </Empty>
      ) : (
        <Table />
      )}
    </Page>
  );
}

function Filters() {
  const set = (key: 'alias' | 'pattern' | 'state', value: string) => {
    const { [key]: _, ...rest } = filter.value;
    filter.value = value ? { ...rest, [key]: value } : rest;
  };
  const since = (hours: string) => {
    const { since: _, ...rest } = filter.value;
    const at = new Date(Date.now() - Number(hours) * 3_600_000).toISOString();
    filter.value = hours ? { ...rest, since: at } : rest;
  };
  const any = (label: string, values: readonly string[]) => [
    ['', label] as const,
    ...values.map(value => [value, tOr(`state.${value}`, value)] as const),
  ];
  return (
    <div class="filters" role="search">
      <input
        type="search"
        aria-label={t('sessions.search')}
        placeholder={t('sessions.search')}
        value={search.value}
        onInput={e => (search.value = e.currentTarget.value)}
      />
      <Select
        label={t('sessions.alias')}
        value={filter.value.alias ?? ''}
        set={value => set('alias', value)}
        options={any(
          t('sessions.anyAlias'),
          (models.value.value ?? []).map(one => one.id),
        )}
      />
      <Select
        label={t('play.pattern')}
        value={filter.value.pattern ?? ''}
        set={value => set('pattern', value)}
        options={any(
          t('sessions.anyPattern'),
          (patterns.value.value ?? []).map(one => one.name),
        )}
      />
      <Select
        label={t('sessions.state')}
        value={filter.value.state ?? ''}
        set={value => set('state', value)}
        options={any(t('sessions.anyState'), STATES)}
      />
      <select aria-label={t('sessions.period')} onChange={e => since(e.currentTarget.value)}>
        {PERIODS.map(hours => (
          <option key={hours} value={hours}>
            {t(
              hours === ''
                ? 'sessions.always'
                : hours === '1'
                  ? 'sessions.hour'
                  : hours === '24'
                    ? 'sessions.day'
                    : 'sessions.week',
            )}
          </option>
        ))}
      </select>
    </div>
  );
}

const Table = () => (
  <div class="tbl-wrap">
    <table class="tbl">
      <caption class="sr">{t('nav.sessions')}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="sr">{t('sessions.compare')}</span>
          </th>
          <th scope="col">{t('sessions.session')}</th>
          <th scope="col">{t('sessions.state')}</th>
          <th scope="col">{t('sessions.alias')}</th>
          <th scope="col">{t('play.pattern')}</th>
          <th scope="col" class="num">
            {t('sessions.runs')}
          </th>
          <th scope="col" class="num">
            {t('sessions.events')}
          </th>
          <th scope="col">{t('sessions.changed')}</th>
        </tr>
      </thead>
      <tbody>
        {shown.value.map(one => (
          <Row key={one.id} one={one} />
        ))}
      </tbody>
    </table>
    {more.value && (
      <div class="tbl-foot">
        <Button onClick={() => void readMore()}>{t('sessions.more')}</Button>
      </div>
    )}
  </div>
);

export const stateTone = (state: string) =>
  state === 'answered' ? 'ok' : state === 'failed' ? 'err' : state === 'cancelled' ? 'plain' : 'warn';

const Row = ({ one }: { one: SessionSummary }) => (
  <tr>
    <td class="pick">
      <input
        type="checkbox"
        aria-label={t('sessions.pick', { id: one.id })}
        checked={picked.value.includes(one.id)}
        onChange={e => pick(one.id, e.currentTarget.checked)}
      />
    </td>
    <td>
      <a class="mono" href={href('sessions', one.id)} title={one.id}>
        {clip(one.id, 18)}
      </a>
    </td>
    <td>
      <Chip tone={stateTone(one.state)}>{tOr(`state.${one.state}`, one.state)}</Chip>
    </td>
    <td>{one.model_alias}</td>
    <td>{one.pattern}</td>
    <td class="num">{one.runs}</td>
    <td class="num">{one.last_seq}</td>
    <td>{time(one.changed_at)}</td>
  </tr>
);
