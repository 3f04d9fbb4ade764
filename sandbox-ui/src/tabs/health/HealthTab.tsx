import { useEffect } from 'preact/hooks';
import { figures, pools } from '../../app/data.ts';
import { t } from '../../i18n/index.ts';
import { count, money, time } from '../../lib/format.ts';
import '../../styles/config.css';
import '../../styles/health.css';
import { Button, Chip } from '../../ui/controls.tsx';
import { Page, Skeleton, Trouble } from '../../ui/Page.tsx';
import { Metric } from '../../ui/run/Metrics.tsx';
import { Faults } from './Faults.tsx';
import { Pools } from './Pools.tsx';
import { Profiles } from './Profiles.tsx';
import { reloadQuota, teams, virtualKeys } from './quotaData.ts';
import { Teams } from './Teams.tsx';
import { VirtualKeys } from './VirtualKeys.tsx';

/** Figures have no events of their own. */
const EVERY_MS = 5000;

export function HealthTab() {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      void figures.reload();
      void pools.reload();
      void reloadQuota();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const health = figures.value.value;
  return (
    <Page
      title={t('nav.health')}
      sub={health && <Chip tone={health.status === 'UP' ? 'ok' : 'err'}>{health.status}</Chip>}
      actions={
        <Button
          icon="refresh"
          label={t('sessions.reload')}
          onClick={() => {
            void figures.reload();
            void pools.reload();
            void reloadQuota();
          }}
        />
      }
    >
      <Trouble error={figures.error.value} retry={() => void figures.reload()} />
      <Trouble error={pools.error.value} retry={() => void pools.reload()} />
      <Trouble error={virtualKeys.error.value ?? teams.error.value} retry={() => void reloadQuota()} />
      {health ? <Overview /> : !figures.error.value && <Skeleton />}
      <Pools />
      <VirtualKeys />
      <Teams />
      {health && <Profiles profiles={health.profiles} />}
      <Faults />
    </Page>
  );
}

function Overview() {
  const health = figures.value.value;
  if (!health) return null;
  const attempts = health.profiles.flatMap(profile => Object.entries(profile.attempts));
  const sum = (wanted: (outcome: string) => boolean) =>
    attempts.reduce((total, [outcome, n]) => total + (wanted(outcome) ? n : 0), 0);
  const tokens = (kind: string) => health.profiles.reduce((total, one) => total + (one.tokens[kind] ?? 0), 0);
  const spent = health.profiles.reduce((total, one) => total + (one.cost_usd ?? 0), 0);
  const priced = health.profiles.some(one => one.priced && one.cost_usd !== null);
  const number = (value: unknown) => (typeof value === 'number' ? count(value) : '–');
  return (
    <dl class="metrics overview">
      <Metric name={t('health.since')} value={time(health.since)} />
      <Metric name={t('health.ok')} value={count(sum(one => one === 'ok'))} />
      <Metric name={t('health.failed')} value={count(sum(one => one !== 'ok'))} />
      <Metric name={t('run.tokens')} value={`${count(tokens('input'))} → ${count(tokens('output'))}`} />
      <Metric name={t('health.spend')} value={priced ? money(spent) : '–'} />
      <Metric name={t('health.active')} value={number(health.sessions.active)} />
      <Metric name={t('health.waiting')} value={number(health.sessions.waiting)} />
    </dl>
  );
}
