import { useSignal } from '@preact/signals';
import { deleteVirtualKey, revokeVirtualKey, rotateVirtualKey, type VirtualKey } from '../../api/quota.ts';
import { complain, toast } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { time } from '../../lib/format.ts';
import { Button, Chip, Field } from '../../ui/controls.tsx';
import { Confirm, Dialog } from '../../ui/Dialog.tsx';
import { KeyForm } from './KeyForm.tsx';
import { reloadQuota, virtualKeys } from './quotaData.ts';
import { Secret } from './Secret.tsx';
import { limitWords, Spend } from './Spend.tsx';

export function VirtualKeys() {
  const making = useSignal(false);
  const shown = useSignal<VirtualKey | undefined>(undefined);
  const all = virtualKeys.value.value;
  if (!all) return null;
  return (
    <section class="tbl-wrap" aria-label={t('quota.title')}>
      <div class="tbl-head">
        <h2>{t('quota.title')}</h2>
        <span class="dim grow">{t(all.master_key ? 'quota.note' : 'quota.noMaster')}</span>
        {all.master_key && (
          <Button icon="plus" onClick={() => (making.value = true)}>
            {t('quota.newKey')}
          </Button>
        )}
      </div>
      {all.virtual_keys.length > 0 && (
        <table class="tbl">
          <caption class="sr">{t('quota.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('quota.name')}</th>
              <th scope="col">{t('login.key')}</th>
              <th scope="col">{t('sessions.state')}</th>
              <th scope="col">{t('quota.aliases')}</th>
              <th scope="col">{t('quota.limits')}</th>
              <th scope="col" class="num">
                {t('quota.day')}
              </th>
              <th scope="col" class="num">
                {t('quota.month')}
              </th>
              <th scope="col">
                <span class="sr">{t('config.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {all.virtual_keys.map(key => (
              <Row key={key.id} one={key} show={fresh => (shown.value = fresh)} />
            ))}
          </tbody>
        </table>
      )}
      {making.value && (
        <KeyForm
          close={() => (making.value = false)}
          made={key => {
            making.value = false;
            shown.value = key;
          }}
        />
      )}
      {shown.value && (
        <Secret
          name={shown.value.name}
          secret={shown.value.key ?? ''}
          close={() => (shown.value = undefined)}
        />
      )}
    </section>
  );
}

const tone = (key: VirtualKey) => (key.state === 'active' ? 'ok' : key.state === 'expired' ? 'warn' : 'err');

type Asking = 'edit' | 'rotate' | 'revoke' | 'delete';

function Row({ one, show }: { one: VirtualKey; show: (key: VirtualKey) => void }) {
  const asking = useSignal<Asking | undefined>(undefined);
  const done = () => (asking.value = undefined);
  const act = async (work: Promise<unknown>, words: string) => {
    done();
    try {
      await work;
      await reloadQuota();
      toast(words);
    } catch (error) {
      complain(error);
    }
  };
  const { name } = one;
  return (
    <tr>
      <td>
        <b>{name}</b>
        {one.team && <small class="dim block">{t('quota.ofTeam', { team: one.team })}</small>}
      </td>
      <td class="mono" title={one.id}>
        {one.shown} {one.source === 'configuration' && <Chip>{t('source.configuration')}</Chip>}
      </td>
      <td>
        <Chip tone={tone(one)}>{t(`quota.${one.state}`)}</Chip>
        {one.state === 'active' && one.expires_at && (
          <small class="dim block">{t('quota.until', { time: time(one.expires_at) })}</small>
        )}
        {one.former_until && (
          <small class="dim block">{t('quota.formerUntil', { time: time(one.former_until) })}</small>
        )}
      </td>
      <td class="clip" title={one.aliases.join(', ')}>
        {one.aliases.length > 0 ? one.aliases.join(', ') : t('quota.all')}
      </td>
      <td>{limitWords(one.limits)}</td>
      <Spend name={name} use={one.use} limits={one.limits} />
      <td class="actions">
        {one.source === 'store' && (
          <>
            {one.state !== 'revoked' && (
              <>
                <Button
                  kind="ghost"
                  icon="edit"
                  label={t('quota.edit', { name })}
                  onClick={() => (asking.value = 'edit')}
                />
                <Button kind="ghost" onClick={() => (asking.value = 'rotate')}>
                  {t('quota.rotate')}
                </Button>
                <Button kind="ghost" onClick={() => (asking.value = 'revoke')}>
                  {t('quota.revoke')}
                </Button>
              </>
            )}
            <Button
              kind="ghost"
              icon="trash"
              label={t('quota.delete', { name })}
              onClick={() => (asking.value = 'delete')}
            />
          </>
        )}
        {asking.value === 'edit' && <KeyForm one={one} close={done} made={show} />}
        {asking.value === 'rotate' && <Rotate one={one} close={done} show={show} />}
        {asking.value === 'revoke' && (
          <Confirm
            title={t('quota.revokeTitle', { name })}
            text={t('quota.revokeText')}
            action={t('quota.revoke')}
            no={done}
            yes={() => void act(revokeVirtualKey(one), t('quota.revokedDone', { name }))}
          />
        )}
        {asking.value === 'delete' && (
          <Confirm
            title={t('quota.delete', { name })}
            text={t('quota.deleteText')}
            action={t('app.delete')}
            no={done}
            yes={() => void act(deleteVirtualKey(one), t('quota.deleted', { name }))}
          />
        )}
      </td>
    </tr>
  );
}

function Rotate({
  one,
  close,
  show,
}: {
  one: VirtualKey;
  close: () => void;
  show: (key: VirtualKey) => void;
}) {
  const grace = useSignal('');
  const rotate = async () => {
    try {
      const fresh = await rotateVirtualKey(one, grace.value.trim());
      close();
      show(fresh);
      await reloadQuota();
    } catch (error) {
      complain(error);
    }
  };
  return (
    <Dialog
      title={t('quota.rotateTitle', { name: one.name })}
      close={close}
      submit={() => void rotate()}
      actions={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button kind="primary" type="submit">
            {t('quota.rotate')}
          </Button>
        </>
      }
    >
      <Field label={t('quota.grace')} note={t('quota.graceNote')}>
        {id => (
          <input
            id={id}
            autocomplete="off"
            placeholder="1h"
            value={grace.value}
            onInput={e => (grace.value = e.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}
