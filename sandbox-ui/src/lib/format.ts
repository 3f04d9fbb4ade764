import { lang } from '../i18n/index.ts';

/** 830 ms, 4.2 s, 2 min 5 s */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export function count(n: number | undefined): string {
  return n === undefined ? '–' : n.toLocaleString(lang.value);
}

/** US dollars, with as many digits as small prices need. */
export function money(cost: number | null | undefined): string {
  if (cost === null || cost === undefined) return '–';
  return `$${cost === 0 ? '0' : cost < 0.01 ? cost.toFixed(5) : cost.toFixed(3)}`;
}

export function time(iso: string): string {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  return today
    ? at.toLocaleTimeString(lang.value)
    : at.toLocaleString(lang.value, { dateStyle: 'short', timeStyle: 'short' });
}

/** What a reader sees of a JSON value: texts as they are, all else indented. */
export function pretty(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** The first letters of a version's hash. */
export const short = (hash: string): string => hash.slice(0, 8);

export const clip = (text: string, max: number): string =>
  text.length > max ? text.slice(0, max - 1) + '…' : text;
