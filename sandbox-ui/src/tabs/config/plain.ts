import { parse } from 'yaml';
export { same } from '../../lib/yaml/text.ts';

/** Plain data of which little is known. */
export const entries = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** As a field shows it: texts as they are, lists and maps on one line. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return value === null ? 'null' : '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What somebody wrote into a field, typed as YAML would: numbers, true, null, [lists]; all else is a text. */
export function typed(written: string): unknown {
  try {
    const value: unknown = parse(written);
    return typeof value === 'object' && value !== null && !/^\s*[[{]/.test(written) ? written : value;
  } catch {
    return written;
  }
}

/** `model_list[2].model_params.model` as a path. */
export function pathOf(text: string): (string | number)[] {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(match =>
    match[1] === undefined ? (match[2] ?? '') : Number(match[1]),
  );
}
