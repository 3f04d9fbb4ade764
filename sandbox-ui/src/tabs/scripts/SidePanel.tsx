import { useSignal } from '@preact/signals';
import { t } from '../../i18n/index.ts';
import { Segmented } from '../../ui/controls.tsx';
import { History } from './History.tsx';
import { Scenarios } from './Scenarios.tsx';
import { TryPattern } from './TryPattern.tsx';
import { TryTool } from './TryTool.tsx';
import { kind, summary } from './workbench.ts';

export function SidePanel() {
  const side = useSignal<'try' | 'scenario' | 'history'>('try');
  const script = summary.value;
  if (!script) return null;
  const pattern = kind.value === 'patterns';
  return (
    <aside class="panel side-panel" aria-label={t('scripts.beside')}>
      <Segmented
        label={t('scripts.beside')}
        value={side.value}
        set={value => (side.value = value)}
        options={[
          ['try', t('scripts.try')],
          ['scenario', t('scripts.scenarios')],
          ['history', t('scripts.history')],
        ]}
      />
      {side.value === 'history' ? (
        <History />
      ) : side.value === 'scenario' ? (
        <Scenarios key={script.name} name={script.name} />
      ) : pattern ? (
        <TryPattern key={script.name} script={script} />
      ) : (
        <TryTool key={script.name} script={script} />
      )}
    </aside>
  );
}
