import type { Signal } from '@preact/signals';
import type { Limits } from '../../api/quota.ts';
import { t, type WordKey } from '../../i18n/index.ts';
import { Field } from '../../ui/controls.tsx';

type Name = keyof Limits;

/** As they are typed: what is empty isn't limited. */
export type LimitTexts = Record<Name, string>;

const NAMES: readonly { name: Name; words: WordKey; step: string; min: string }[] = [
  { name: 'requests_per_minute', words: 'quota.requests', step: '1', min: '1' },
  { name: 'tokens_per_minute', words: 'quota.tokens', step: '1', min: '1' },
  { name: 'max_concurrent', words: 'quota.concurrent', step: '1', min: '1' },
  { name: 'budget_per_day', words: 'quota.perDay', step: 'any', min: '0' },
  { name: 'budget_per_month', words: 'quota.perMonth', step: 'any', min: '0' },
];

export const limitTexts = (limits?: Limits): LimitTexts =>
  Object.fromEntries(NAMES.map(({ name }) => [name, String(limits?.[name] ?? '')])) as LimitTexts;

export const limitsOf = (texts: LimitTexts): Limits =>
  Object.fromEntries(
    NAMES.map(({ name }) => [name, texts[name].trim() === '' ? null : Number(texts[name])]),
  ) as unknown as Limits;

export const LimitFields = ({ texts }: { texts: Signal<LimitTexts> }) => (
  <fieldset class="limits">
    <legend>{t('quota.limits')}</legend>
    {NAMES.map(({ name, words, step, min }) => (
      <Field key={name} label={t(words)}>
        {id => (
          <input
            id={id}
            type="number"
            min={min}
            step={step}
            placeholder="–"
            value={texts.value[name]}
            onInput={e => (texts.value = { ...texts.value, [name]: e.currentTarget.value })}
          />
        )}
      </Field>
    ))}
  </fieldset>
);
