import { useSignal } from '@preact/signals';
import type { ProfileHealth } from '../../api/types.ts';
import { t, tOr } from '../../i18n/index.ts';
import { count, duration, money, time } from '../../lib/format.ts';
import { Chip, Switch } from '../../ui/controls.tsx';
import { Minutes } from './Minutes.tsx';

/** How each profile fares: its breaker, calls, latency, tokens and spend. */
export function Profiles({ profiles }: { profiles: ProfileHealth[] }) {
  const all = useSignal(false);
  const used = profiles.filter(one => Object.keys(one.attempts).length > 0 || one.breaker.state !== 'closed');
  const shown = all.value ? profiles : used;
  return (
    <section class="tbl-wrap" aria-label={t('health.profiles')}>
      <div class="tbl-head">
        <h2>{t('health.profiles')}</h2>
        <span class="grow" />
        <Switch on={all.value} set={on => (all.value = on)}>
          {t('health.unused')}
        </Switch>
      </div>
      {shown.length === 0 ? (
        <p class="tbl-none">{t('health.noCalls')}</p>
      ) : (
        <table class="tbl">
          <caption class="sr">{t('health.profiles')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('config.name')}</th>
              <th scope="col">{t('health.breaker')}</th>
              <th scope="col">{t('health.lastHour')}</th>
              <th scope="col" class="num">
                {t('health.calls')}
              </th>
              <th scope="col" class="num">
                {t('health.latency')}
              </th>
              <th scope="col" class="num">
                {t('run.tokens')}
              </th>
              <th scope="col" class="num">
                {t('health.spend')}
              </th>
              <th scope="col">{t('health.lastFailure')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(one => (
              <Row key={one.name} one={one} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ one }: { one: ProfileHealth }) {
  const ok = one.attempts.ok ?? 0;
  const failed = Object.entries(one.attempts)
    .filter(([outcome]) => outcome !== 'ok')
    .map(([outcome, n]) => `${outcome} ${n}`);
  const state = one.breaker.state;
  return (
    <tr>
      <td>
        <b>{one.name}</b>
        <small class="block dim">
          {one.provider} · {one.provider_model}
        </small>
      </td>
      <td>
        <Chip tone={state === 'closed' ? 'ok' : state === 'open' ? 'err' : 'warn'}>
          {tOr(`breaker.${state}`, state)}
        </Chip>
      </td>
      <td>
        <Minutes minutes={one.minutes} name={one.name} />
      </td>
      <td class="num">
        {count(ok)}
        {failed.length > 0 && <small class="block bad">{failed.join(', ')}</small>}
      </td>
      <td class="num">
        {one.latency ? `${duration(one.latency.p50_ms)} / ${duration(one.latency.p95_ms)}` : '–'}
      </td>
      <td class="num">
        {count(one.tokens.input ?? 0)} → {count(one.tokens.output ?? 0)}
      </td>
      <td class="num">{one.priced ? money(one.cost_usd) : <span title={t('health.unpriced')}>–</span>}</td>
      <td class="dim">
        {one.last_failure && (
          <>
            {one.last_failure.class} · {time(one.last_failure.at)}
            <small class="block clip" title={one.last_failure.message}>
              {one.last_failure.message}
            </small>
          </>
        )}
      </td>
    </tr>
  );
}
