import { useSignal } from '@preact/signals';
import { changeKey, removeKey } from '../../api/admin.ts';
import type { Key, KeyPool } from '../../api/types.ts';
import { pools } from '../../app/data.ts';
import { complain, toast } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { duration, time } from '../../lib/format.ts';
import { useClock } from '../../ui/clock.ts';
import { Button, Chip } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { AddKey } from './AddKey.tsx';

export function Pools() {
  const adding = useSignal<string | undefined>(undefined);
  const all = pools.value.value ?? [];
  return (
    <section class="tbl-wrap" aria-label={t('health.keys')}>
      <div class="tbl-head">
        <h2>{t('health.keys')}</h2>
        <span class="dim grow">{t('health.keysNote')}</span>
      </div>
      <table class="tbl">
        <caption class="sr">{t('health.keys')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('health.pool')}</th>
            <th scope="col">{t('login.key')}</th>
            <th scope="col">{t('sessions.state')}</th>
            <th scope="col">{t('health.reason')}</th>
            <th scope="col" class="num">
              {t('health.inFlight')}
            </th>
            <th scope="col">
              <span class="sr">{t('config.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {all.map(pool => (
            <Pool key={pool.id} pool={pool} add={() => (adding.value = pool.id)} />
          ))}
        </tbody>
      </table>
      {adding.value && <AddKey pool={adding.value} close={() => (adding.value = undefined)} />}
    </section>
  );
}

const Add = ({ pool, add }: { pool: KeyPool; add: () => void }) =>
  pool.file === null ? null : (
    <Button kind="ghost" icon="plus" label={t('health.addTo', { pool: pool.id })} onClick={add} />
  );

function Pool({ pool, add }: { pool: KeyPool; add: () => void }) {
  if (pool.keys.length === 0)
    return (
      <tr>
        <td>
          <b>{pool.id}</b> <Add pool={pool} add={add} />
        </td>
        <td colSpan={5} class="dim">
          {pool.remedy ?? t('health.noKeys')}
        </td>
      </tr>
    );
  return (
    <>
      {pool.keys.map((key, i) => (
        <KeyRow key={key.fingerprint} pool={pool} one={key} {...(i === 0 ? { add } : {})} />
      ))}
    </>
  );
}

const tone = (key: Key) => (key.state === 'active' ? 'ok' : key.state === 'retired' ? 'err' : 'warn');

interface KeyRowProps {
  pool: KeyPool;
  one: Key;
  /** Given to the first of a pool. */
  add?: () => void;
}

function KeyRow({ pool, one, add }: KeyRowProps) {
  const asking = useSignal<'retire' | 'remove' | undefined>(undefined);
  const now = useClock(one.state === 'quarantined');
  const left = one.until ? Math.max(0, Date.parse(one.until) - now) : 0;
  const name = `…${one.last_four}`;
  const act = async (work: Promise<unknown>, done: string) => {
    asking.value = undefined;
    try {
      await work;
      await pools.reload();
      toast(done);
    } catch (error) {
      complain(error);
    }
  };
  return (
    <tr>
      <td>
        {add && (
          <>
            <b>{pool.id}</b> <Add pool={pool} add={add} />
          </>
        )}
      </td>
      <td class="mono" title={one.fingerprint}>
        {name} {one.source && one.source !== 'file' && <Chip>{t(`source.${one.source}`)}</Chip>}
      </td>
      <td>
        <Chip tone={tone(one)}>{t(one.probing ? 'key.probing' : `key.${one.state}`)}</Chip>
        {one.state === 'quarantined' && <small class="dim"> {duration(left)}</small>}
      </td>
      <td class="dim">
        {one.reason}
        {one.since && one.state !== 'active' && ` · ${time(one.since)}`}
      </td>
      <td class="num">{one.in_flight}</td>
      <td class="actions">
        {one.state !== 'active' && (
          <Button
            onClick={() =>
              void act(changeKey(pool.id, one.fingerprint, 'restore'), t('health.restored', { key: name }))
            }
          >
            {t('health.restore')}
          </Button>
        )}
        {one.state !== 'retired' && (
          <Button kind="ghost" onClick={() => (asking.value = 'retire')}>
            {t('health.retire')}
          </Button>
        )}
        {one.source === 'file' && (
          <Button
            kind="ghost"
            icon="trash"
            label={t('health.removeKey', { key: name })}
            onClick={() => (asking.value = 'remove')}
          />
        )}
        {asking.value === 'retire' && (
          <Confirm
            title={t('health.retireTitle', { key: name })}
            text={t('health.retireText')}
            action={t('health.retire')}
            no={() => (asking.value = undefined)}
            yes={() =>
              void act(changeKey(pool.id, one.fingerprint, 'retire'), t('health.retired', { key: name }))
            }
          />
        )}
        {asking.value === 'remove' && (
          <Confirm
            title={t('health.removeKey', { key: name })}
            text={t('health.removeText')}
            action={t('app.delete')}
            no={() => (asking.value = undefined)}
            yes={() => void act(removeKey(pool.id, one.fingerprint), t('health.removed', { key: name }))}
          />
        )}
      </td>
    </tr>
  );
}
