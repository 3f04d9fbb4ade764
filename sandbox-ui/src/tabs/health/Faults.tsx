import { useSignal } from '@preact/signals';
import { clearFaults, setFaults, simulatorFaults } from '../../api/admin.ts';
import type { Json } from '../../api/types.ts';
import { complain } from '../../app/toasts.tsx';
import { Resource } from '../../app/resource.ts';
import { t, type WordKey } from '../../i18n/index.ts';
import { Select, Switch } from '../../ui/controls.tsx';

const faults = new Resource(simulatorFaults, ['simulator.', 'config.reloaded']);

/** What can go wrong on a switch. */
const SWITCHES: readonly { id: string; name: WordKey; fault: Record<string, Json> }[] = [
  { id: '429', name: 'fault.429', fault: { failure: '429', retry_after: '10s' } },
  { id: '401', name: 'fault.401', fault: { failure: '401' } },
  { id: '500', name: 'fault.500', fault: { failure: '500' } },
  { id: 'reset', name: 'fault.reset', fault: { failure: 'reset' } },
  { id: 'hang', name: 'fault.hang', fault: { failure: 'hang' } },
  { id: 'cut', name: 'fault.cut', fault: { cut_after_tokens: 8 } },
  { id: 'late', name: 'fault.late', fault: { first_token_delay: '3s' } },
  { id: 'slow', name: 'fault.slow', fault: { tokens_per_second: 5 } },
];

/** Whether what is set has all that the switch stands for. */
function holds(set: Json | undefined, fault: Record<string, Json>): boolean {
  const all = Array.isArray(set) ? set : set === undefined || set === null ? [] : [set];
  return all.some(one => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return false;
    const [key = ''] = Object.keys(fault);
    return key === 'failure' ? String(one[key]) === fault[key] : one[key] !== undefined && one[key] !== null;
  });
}

export function Faults() {
  const profile = useSignal('*');
  const known = faults.value.value;
  if (!known || known.profiles.length === 0) return null;
  const set = known.faults[profile.value];
  const change = async (on: boolean, fault: Record<string, Json>) => {
    const rest = SWITCHES.filter(one => one.fault !== fault && holds(set, one.fault)).map(one => one.fault);
    const next = on ? [...rest, fault] : rest;
    try {
      if (next.length > 0) await setFaults(profile.value, next);
      else await clearFaults(profile.value);
      await faults.reload();
    } catch (error) {
      complain(error);
    }
  };
  return (
    <section class="tbl-wrap" aria-label={t('fault.title')}>
      <div class="tbl-head">
        <h2>{t('fault.title')}</h2>
        <span class="dim grow">{t('fault.note')}</span>
        <Select
          label={t('fault.profile')}
          value={profile.value}
          set={value => (profile.value = value)}
          options={[['*', t('fault.all')], ...known.profiles.map(one => [one, one] as const)]}
        />
      </div>
      <div class="faults">
        {SWITCHES.map(one => (
          <Switch key={one.id} on={holds(set, one.fault)} set={on => void change(on, one.fault)}>
            {t(one.name)}
          </Switch>
        ))}
      </div>
    </section>
  );
}
