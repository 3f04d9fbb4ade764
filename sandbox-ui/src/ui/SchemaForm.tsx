import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { JsonSchema, Payload, Json } from '../api/types.ts';
import { t } from '../i18n/index.ts';
import { bounds, controlOf, parseValue, withValue } from '../lib/schema.ts';

interface FormProps {
  schema: JsonSchema;
  values: Payload;
  set: (values: Payload) => void;
}

/** A form for an object by its JSON Schema. What is left empty is not sent: the default counts. */
export const SchemaForm = ({ schema, values, set }: FormProps) => (
  <div class="schema-form">
    {Object.entries(schema.properties ?? {}).map(([key, property]) => (
      <Property
        key={key}
        name={key}
        schema={property}
        required={schema.required?.includes(key) ?? false}
        value={values[key]}
        set={value => set(withValue(values, key, value))}
      />
    ))}
  </div>
);

interface PropertyProps {
  name: string;
  schema: JsonSchema;
  required: boolean;
  value: Json | undefined;
  set: (value: Json | undefined) => void;
}

function Property({ name, schema, required, value, set }: PropertyProps) {
  const id = useId();
  const problem = useSignal('');
  const control = controlOf(schema);
  const written = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const write = (text: string) => {
    const parsed = parseValue(schema, text);
    problem.value = parsed instanceof SyntaxError ? parsed.message : '';
    if (!(parsed instanceof SyntaxError)) set(parsed);
  };
  const hint = schema.default === undefined ? '' : String(schema.default);
  const note = [schema.description, bounds(schema)].filter(Boolean).join(' · ');
  const described = note || problem.value ? `${id}n` : undefined;
  return (
    <div class="field">
      <label for={id}>
        {schema.title ?? name}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {control === 'choice' || control === 'flag' ? (
        <select
          id={id}
          aria-describedby={described}
          value={written}
          onChange={e => write(e.currentTarget.value)}
        >
          <option value="">{hint ? t('form.default', { value: hint }) : t('form.unset')}</option>
          {(control === 'flag' ? ['true', 'false'] : (schema.enum ?? []).map(String)).map(option => (
            <option key={option} value={option} selected={option === written}>
              {option}
            </option>
          ))}
        </select>
      ) : control === 'number' ? (
        <input
          id={id}
          type="number"
          aria-describedby={described}
          min={schema.minimum}
          max={schema.maximum}
          step={schema.type === 'integer' ? 1 : 'any'}
          placeholder={hint}
          value={written}
          onInput={e => write(e.currentTarget.value)}
        />
      ) : (
        <input
          id={id}
          aria-describedby={described}
          maxLength={schema.maxLength}
          placeholder={control === 'json' ? 'JSON' : hint}
          value={written}
          onChange={e => write(e.currentTarget.value)}
        />
      )}
      {described && (
        <small id={described} class={problem.value ? 'field-error' : ''}>
          {problem.value || note}
        </small>
      )}
    </div>
  );
}
