import { useId } from 'preact/hooks';
import { readPrompt } from '../../api/admin.ts';
import { promptFiles } from '../../app/data.ts';
import { complain } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button, Field, Select, Switch } from '../../ui/controls.tsx';
import { LaneCard } from './LaneCard.tsx';
import { addLane, chatModels, HARMS, instruction, manifests, newLane, setups, unfiltered } from './setup.ts';

export function SetupPanel() {
  return (
    <aside class="panel" aria-label={t('play.setup')}>
      <WhoIsAsked />
      <Overrides />
      <Safety />
    </aside>
  );
}

function WhoIsAsked() {
  const agents = chatModels.value.filter(one => one.is_agent);
  const plain = chatModels.value.filter(one => !one.is_agent);
  const id = useId();
  return (
    <section>
      <h2>
        {t('play.lanes')} <small>{setups.value.length}</small>
      </h2>
      <ul class="lane-cards">
        {setups.value.map(lane => (
          <LaneCard key={lane.id} lane={lane} />
        ))}
      </ul>
      <label class="sr" for={id}>
        {t('play.addLane')}
      </label>
      <select
        id={id}
        class="add"
        value=""
        onChange={e => {
          addLane(newLane(e.currentTarget.value));
          e.currentTarget.value = '';
        }}
      >
        <option value="">{t('play.addLane')}</option>
        <optgroup label={t('play.agents')}>
          {agents.map(one => (
            <option key={one.id}>{one.id}</option>
          ))}
        </optgroup>
        <optgroup label={t('play.models')}>
          {plain.map(one => (
            <option key={one.id}>{one.id}</option>
          ))}
        </optgroup>
      </select>
    </section>
  );
}

function Overrides() {
  const files = promptFiles.value.value;
  const load = (path: string, use: (text: string) => void) => {
    if (path) readPrompt(path).then(file => use(file.content), complain);
  };
  const setManifest = (i: number, text: string) =>
    (manifests.value = text === '' ? manifests.value.toSpliced(i, 1) : manifests.value.with(i, text));
  const options = (list: { path: string; name: string }[] | undefined) => [
    ['', t('play.fromFile')] as const,
    ...(list ?? []).map(file => [file.path, file.name] as const),
  ];
  return (
    <section>
      <h2>{t('play.overrides')}</h2>
      <Field label={t('play.instruction')} note={t('play.instructionNote')}>
        {id => (
          <textarea
            id={id}
            rows={3}
            value={instruction.value}
            onInput={e => (instruction.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Select
        label={`${t('play.instruction')}: ${t('play.fromFile')}`}
        value=""
        set={path => load(path, text => (instruction.value = text))}
        options={options(files?.prompts)}
      />
      {manifests.value.map((text, i) => (
        <Field key={i} label={t('play.manifest', { n: i + 1 })}>
          {id => (
            <textarea id={id} rows={3} value={text} onInput={e => setManifest(i, e.currentTarget.value)} />
          )}
        </Field>
      ))}
      <div class="row">
        <Select
          label={`${t('play.manifests')}: ${t('play.fromFile')}`}
          value=""
          set={path => load(path, text => (manifests.value = [...manifests.value, text]))}
          options={options(files?.manifests)}
        />
        <Button icon="plus" onClick={() => (manifests.value = [...manifests.value, ' '])}>
          {t('play.addManifest')}
        </Button>
      </div>
    </section>
  );
}

function Safety() {
  return (
    <section>
      <h2>
        {t('play.safety')} <small>{t('play.geminiOnly')}</small>
      </h2>
      {HARMS.map(harm => (
        <Switch
          key={harm}
          on={!unfiltered.value.has(harm)}
          set={on => {
            const next = new Set(unfiltered.value);
            if (on) next.delete(harm);
            else next.add(harm);
            unfiltered.value = next;
          }}
        >
          {t(`harm.${harm}`)}
        </Switch>
      ))}
    </section>
  );
}
