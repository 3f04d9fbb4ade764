import { computed, signal } from '@preact/signals';
import { en } from './en.ts';

export type WordKey = keyof typeof en;
export type Words = Record<WordKey, string>;
export type Lang = 'en' | 'ru';

export const lang = signal<Lang>('en');
const words = signal<Words>(en);

/** English is always there; another language is fetched when it is chosen. */
export async function speak(next: Lang): Promise<void> {
  words.value = next === 'ru' ? (await import('./ru.ts')).ru : en;
  lang.value = next;
  document.documentElement.lang = next;
  localStorage.setItem('magic-proxy.lang', next);
}

export function preferredLang(): Lang {
  const kept = localStorage.getItem('magic-proxy.lang');
  if (kept === 'en' || kept === 'ru') return kept;
  return navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

/** The words of a key, with `{names}` filled in. */
export function t(key: WordKey, values: Record<string, string | number> = {}): string {
  return words.value[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** For keys that come from the gateway, such as states: its own word where we have none. */
export const tOr = (key: string, otherwise: string): string =>
  key in words.value ? words.value[key as WordKey] : otherwise;

export const otherLang = computed<Lang>(() => (lang.value === 'en' ? 'ru' : 'en'));
