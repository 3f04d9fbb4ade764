import type { Json, JsonSchema, Payload } from '../api/types.ts';

export type Control = 'choice' | 'flag' | 'number' | 'text' | 'json';

/** How a value of the schema is best edited. */
export function controlOf(schema: JsonSchema): Control {
  const type = Array.isArray(schema.type) ? schema.type.find(one => one !== 'null') : schema.type;
  if (schema.enum) return 'choice';
  if (type === 'boolean') return 'flag';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return 'text';
  return 'json';
}

/** What somebody wrote, as a value; undefined where nothing stands; an error where it can't be one. */
export function parseValue(schema: JsonSchema, written: string): Json | undefined | SyntaxError {
  if (written.trim() === '') return undefined;
  switch (controlOf(schema)) {
    case 'number': {
      const value = Number(written);
      return Number.isFinite(value) ? value : new SyntaxError('a number');
    }
    case 'flag':
      return written === 'true';
    case 'choice':
      return (schema.enum?.find(one => String(one) === written) ?? written) as Json;
    case 'text':
      return written;
    case 'json':
      try {
        return JSON.parse(written) as Json;
      } catch (error) {
        return error instanceof SyntaxError ? error : new SyntaxError(String(error));
      }
  }
}

/** The values with one of them set, or left out. */
export function withValue(values: Payload, key: string, value: Json | undefined): Payload {
  const { [key]: _, ...rest } = values;
  return value === undefined ? rest : { ...rest, [key]: value };
}

/** The bounds in words for people: `1–8`. */
export function bounds(schema: JsonSchema): string {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${minimum}–${maximum}`;
  if (minimum !== undefined) return `≥ ${minimum}`;
  return maximum === undefined ? '' : `≤ ${maximum}`;
}
