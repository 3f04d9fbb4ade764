import { batch, computed, signal } from '@preact/signals';
import { aborted, isFailure } from '../../api/http.ts';
import {
  deleteScript,
  readScript,
  rollBack,
  saveScript,
  scriptVersions,
  validateScript,
  type ScriptKind,
} from '../../api/scripts.ts';
import type { Problem, ScriptSummary, ScriptVersion } from '../../api/types.ts';
import { onChange } from '../../app/channel.ts';
import { patternFiles, toolFiles } from '../../app/data.ts';
import { askBeforeLosing, Draft, Drafts } from '../../app/draft.ts';
import { replacePlace } from '../../app/routes.ts';
import { announce, complain, toast } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { applyFix } from '../../lib/fix.ts';

/** Waits so long after the last key before the gateway is asked whether the text would load. */
const CHECK_AFTER_MS = 350;

/** The file that is open. */
export const kind = signal<ScriptKind>('patterns');
export const file = signal('');
export const draft = new Draft();
const drafts = new Drafts();
askBeforeLosing(draft);
export const problems = signal<Problem[]>([]);
export const busy = signal(false);
export const failed = signal<unknown>(undefined);
export const versions = signal<ScriptVersion[]>([]);
/** Shown instead of the saved text in the comparison. */
export const compared = signal<{ label: string; text: string } | undefined>(undefined);
export const view = signal<'edit' | 'diff'>('edit');

export const filesOf = (of: ScriptKind) => (of === 'patterns' ? patternFiles : toolFiles);

/** What is told of the pattern or tool whose own file this is; helpers have none. */
export const summary = computed<ScriptSummary | undefined>(() =>
  filesOf(kind.value).value.value?.scripts.find(one => one.file === file.value),
);

export async function open(of: ScriptKind, path: string): Promise<void> {
  if (of === kind.value && path === file.value && !failed.value) return;
  drafts.leave(`${kind.value}/${file.value}`, draft);
  kind.value = of;
  file.value = path;
  problems.value = [];
  versions.value = [];
  compared.value = undefined;
  view.value = 'edit';
  draft.load({ text: '', version: '' });
  await read(stored => drafts.enter(`${of}/${path}`, draft, stored));
}

async function read(use: (stored: { text: string; version: string }) => void): Promise<void> {
  const [of, path] = [kind.value, file.value];
  try {
    const { data } = await readScript(of, path);
    if (of !== kind.value || path !== file.value) return;
    failed.value = undefined;
    use({ text: data.content ?? '', version: data.version });
    await Promise.all([readVersions(), check()]);
  } catch (error) {
    if (path === file.value) failed.value = error;
  }
}

export async function readVersions(): Promise<void> {
  const name = summary.value?.name;
  if (!name) return;
  try {
    versions.value = await scriptVersions(kind.value, name);
  } catch (error) {
    complain(error);
  }
}

onChange(['pattern.', 'tool.'], event => {
  if (event.file !== file.value || !event.kind.startsWith(kind.value === 'patterns' ? 'pattern' : 'tool'))
    return;
  // What is written here can be saved again.
  if (event.kind.endsWith('.removed')) draft.savedAs('', '');
  else void read(stored => draft.changedElsewhere(stored));
});

// ------------------------------------------------------------------ checking

let timer: ReturnType<typeof setTimeout> | undefined;
let checking: AbortController | undefined;

export function changed(text: string): void {
  draft.text.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => void check(), CHECK_AFTER_MS);
}

/** Whether the text would load, as it is written now. */
async function check(): Promise<void> {
  checking?.abort();
  const mine = (checking = new AbortController());
  try {
    const answer = await validateScript(kind.value, file.value, draft.text.value, mine.signal);
    if (!mine.signal.aborted) problems.value = answer.problems;
  } catch (error) {
    // The save tells what is wrong as well.
    if (!aborted(error) && isFailure(error) && error.status === 0) return;
  }
}

export function fix(problem: Problem): void {
  if (problem.fix) changed(applyFix(draft.text.value, problem.fix));
}

// ------------------------------------------------------------------ changing

export async function save(): Promise<boolean> {
  if (!draft.dirty.value || busy.value) return !busy.value;
  const text = draft.text.value;
  busy.value = true;
  clearTimeout(timer);
  try {
    const { data } = await saveScript(kind.value, file.value, text, draft.version.value || undefined);
    draft.savedAs(text, data.version);
    problems.value = [];
    announce(t('scripts.saved'));
    void readVersions();
    return true;
  } catch (error) {
    await refused(error);
    return false;
  } finally {
    busy.value = false;
  }
}

async function refused(error: unknown): Promise<void> {
  if (isFailure(error) && error.status === 422) {
    problems.value = error.problems;
    view.value = 'edit';
    announce(t('scripts.notSaved', { n: error.problems.length }));
  } else if (isFailure(error) && error.status === 412) {
    await read(stored => draft.changedElsewhere(stored));
  } else {
    complain(error);
  }
}

export async function remove(): Promise<void> {
  try {
    await deleteScript(kind.value, file.value, draft.version.value);
    toast(t('scripts.deleted', { file: file.value }));
    await filesOf(kind.value).reload();
    batch(() => {
      draft.load({ text: '', version: '' });
      file.value = '';
      replacePlace('scripts', kind.value);
    });
  } catch (error) {
    await refused(error);
  }
}

export async function rollBackTo(version: string): Promise<void> {
  const name = summary.value?.name;
  if (!name) return;
  try {
    await rollBack(kind.value, name, version, draft.version.value);
    await read(stored => draft.load(stored));
    compared.value = undefined;
    view.value = 'edit';
    toast(t('scripts.rolledBack'));
  } catch (error) {
    await refused(error);
  }
}
