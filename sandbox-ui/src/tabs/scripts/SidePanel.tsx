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
  const shown = side.value === 'scenario' && !pattern ? 'try' : side.value;
  return (
    <aside class="panel side-panel" aria-label={t('scripts.beside')}>
      <Segmented
        label={t('scripts.beside')}
        value={shown}
        set={value => (side.value = value)}
        options={[
          ['try', t('scripts.try')],
          ...(pattern ? [['scenario', t('scripts.scenarios')] as const] : []),
          ['history', t('scripts.history')],
        ]}
      />
      {shown === 'history' ? (
        <History />
      ) : shown === 'scenario' ? (
        <Scenarios key={script.name} name={script.name} />
      ) : pattern ? (
        <TryPattern key={script.name} script={script} />
      ) : (
        <TryTool key={script.name} script={script} />
      )}
    </aside>
  );
}
