import { computed, effect, signal } from '@preact/signals';
import { readConfig, saveConfig, validateConfig } from '../../api/admin.ts';
import { aborted, isFailure } from '../../api/http.ts';
import type { Problem } from '../../api/types.ts';
import { epoch, onChange } from '../../app/channel.ts';
import { askBeforeLosing, Draft } from '../../app/draft.ts';
import { announce, complain, toast } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { applyFix } from '../../lib/fix.ts';
import { YamlText } from '../../lib/yaml/document.ts';
import { EditRefused } from '../../lib/yaml/edits.ts';
import { entries, list, same } from './plain.ts';

const READ_AFTER_MS = 150;
const CHECK_AFTER_MS = 200;

/** The configuration: one text, which the table and the editor both change. */
export const draft = new Draft();
askBeforeLosing(draft);
export const fileName = signal('proxy_config.yaml');
export const writable = signal(true);
export const failed = signal<unknown>(undefined);
export const loaded = signal(false);
export const busy = signal(false);
export const told = signal<Problem[]>([]);
export const view = signal<'table' | 'yaml' | 'diff'>('table');
/** The comparison is with what somebody else has saved. */
export const withTheirs = signal(false);

/** What is typed is read when the typing pauses: a long text would make each key wait. */
const typing = signal(false);
const settled = signal('');
effect(() => {
  if (!typing.value) settled.value = draft.text.value;
});

export const yaml = computed(() => YamlText.of(settled.value));
const savedYaml = computed(() => YamlText.of(draft.saved.value));

/** What the page sees itself comes first: while the text is no YAML, the gateway has nothing to add. */
export const problems = computed<Problem[]>(() => {
  const own = yaml.value.problems().map(one => ({
    severity: one.severity === 'error' ? ('error' as const) : ('note' as const),
    path: one.path ?? '',
    line: one.line,
    col: one.col,
    message: one.message,
  }));
  return yaml.value.broken ? own : told.value;
});

let reading = false;

/** Reads the file; what is written here stays if it is not saved. */
export async function read(): Promise<void> {
  if (reading) return;
  reading = true;
  try {
    const config = await readConfig();
    fileName.value = config.file.split('/').at(-1) ?? config.file;
    writable.value = config.writable;
    failed.value = undefined;
    const stored = { text: config.content, version: config.version };
    if (loaded.value) draft.changedElsewhere(stored);
    else draft.load(stored);
    loaded.value = true;
    void check();
  } catch (error) {
    failed.value = error;
  } finally {
    reading = false;
  }
}

let watching = false;
export function begin(): void {
  if (watching) return;
  watching = true;
  onChange(['config.'], () => void read());
  epoch.subscribe(() => void read());
}

let timer: ReturnType<typeof setTimeout> | undefined;
let checking: AbortController | undefined;

export function changed(text: string): void {
  draft.text.value = text;
  typing.value = false;
  clearTimeout(timer);
  timer = setTimeout(() => void check(), CHECK_AFTER_MS);
}

/** A change key by key. */
export function typed(text: string): void {
  typing.value = true;
  draft.text.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => changed(draft.text.value), READ_AFTER_MS);
}

async function check(): Promise<void> {
  checking?.abort();
  if (yaml.value.broken) return;
  const mine = (checking = new AbortController());
  try {
    const answer = await validateConfig(draft.text.value, mine.signal);
    if (!mine.signal.aborted) told.value = answer.problems;
  } catch (error) {
    // The save tells what is wrong as well.
    if (!aborted(error)) return;
  }
}

/** An edit by the table. */
export function edit(change: (text: string) => string): void {
  try {
    changed(change(draft.text.value));
  } catch (error) {
    if (error instanceof EditRefused) toast(t('config.refused'), 'error');
    else throw error;
  }
}

export const fix = (problem: Problem): void => {
  if (problem.fix) changed(applyFix(draft.text.value, problem.fix));
};

export async function save(): Promise<void> {
  if (!draft.dirty.value || busy.value) return;
  const text = draft.text.value;
  busy.value = true;
  clearTimeout(timer);
  typing.value = false;
  try {
    const saved = await saveConfig(text, draft.version.value);
    draft.savedAs(text, saved.version);
    told.value = saved.problems;
    if (view.value === 'diff') view.value = 'table';
    toast(t('config.saved'));
  } catch (error) {
    if (isFailure(error) && error.status === 422) {
      told.value = error.problems;
      announce(t('config.notSaved', { n: error.problems.length }));
      toast(t('config.notSaved', { n: error.problems.length }), 'error');
    } else if (isFailure(error) && error.status === 412) {
      await read();
    } else {
      complain(error);
    }
  } finally {
    busy.value = false;
  }
}

/** The models that a save would change, by name; `−` before those that it removes. */
export const changes = computed<string[]>(() => {
  const before = named(savedYaml.value.data());
  const after = named(yaml.value.data());
  const changed = [...after].filter(([name, model]) => !same(before.get(name), model)).map(([name]) => name);
  const gone = [...before.keys()].filter(name => !after.has(name)).map(name => `− ${name}`);
  return yaml.value.broken ? [] : [...changed, ...gone];
});

function named(data: unknown): Map<string, unknown> {
  const models = list(entries(data).model_list);
  return new Map(models.map(model => [String(entries(model).model_name ?? ''), model]));
}
