import { useSignal, useSignalEffect } from '@preact/signals';
import { scriptVersions } from '../../api/scripts.ts';
import type { ScriptVersion } from '../../api/types.ts';
import { patterns } from '../../app/data.ts';
import { complain } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { short, time } from '../../lib/format.ts';
import { Button, Select } from '../../ui/controls.tsx';
import { SchemaForm } from '../../ui/SchemaForm.tsx';
import {
  addLane,
  changeLane,
  isPlain,
  model,
  newLane,
  patternOf,
  removeLane,
  type LaneSetup,
} from './setup.ts';

/** One of those who are asked: by which pattern, in which version, with which parameters. */
export function LaneCard({ lane }: { lane: LaneSetup }) {
  const known = model(lane.alias);
  const own = known?.pattern
    ? t('play.ownPattern', { name: known.pattern })
    : t(isPlain(lane.alias) ? 'play.plain' : 'play.globalPattern');
  const all = patterns.value.value ?? [];
  const options = [['', own] as const, ...all.map(one => [one.name, one.title || one.name] as const)];
  const pattern = all.find(one => one.name === patternOf(lane));
  const label = (what: string) => `${what}: ${lane.alias}`;
  return (
    <li class="lane-card">
      <div class="lane-card-head">
        <b>{lane.alias}</b>
        <small>{known ? `${known.provider} · ${known.provider_model}` : t('play.notRunnable')}</small>
        <span class="grow" />
        <Button
          kind="ghost"
          icon="copy"
          label={label(t('play.twice'))}
          onClick={() =>
            addLane({ ...newLane(lane.alias, lane.pattern), version: lane.version, params: lane.params })
          }
        />
        <Button kind="ghost" icon="x" label={label(t('play.remove'))} onClick={() => removeLane(lane.id)} />
      </div>
      <Select
        label={label(t('play.pattern'))}
        value={lane.pattern}
        set={value => changeLane(lane.id, { pattern: value, version: '', params: {} })}
        options={options}
      />
      {pattern && <Versions lane={lane} name={pattern.name} newest={pattern.version} />}
      {pattern?.params?.properties && (
        <SchemaForm
          schema={pattern.params}
          values={lane.params}
          set={params => changeLane(lane.id, { params })}
        />
      )}
    </li>
  );
}

function Versions({ lane, name, newest }: { lane: LaneSetup; name: string; newest: string }) {
  const versions = useSignal<ScriptVersion[]>([]);
  // Read anew when the pattern is saved.
  const wanted = useSignal('');
  wanted.value = `${name}@${newest}`;
  useSignalEffect(() => {
    const asked = wanted.value;
    scriptVersions('patterns', name).then(found => {
      if (wanted.peek() === asked) versions.value = found;
    }, complain);
  });
  if (versions.value.length < 2 && lane.version === '') return null;
  const listed = versions.value.map(one => [one.version, `${short(one.version)} · ${time(one.at)}`] as const);
  return (
    <Select
      label={`${t('play.version')}: ${lane.alias}`}
      value={lane.version}
      set={version => changeLane(lane.id, { version })}
      options={[['', t('play.newest')], ...listed]}
    />
  );
}
