import { batch, signal } from '@preact/signals';
import { deletePrompt, readPrompt, savePrompt } from '../../api/admin.ts';
import { isFailure } from '../../api/http.ts';
import type { Problem } from '../../api/types.ts';
import { onChange } from '../../app/channel.ts';
import { promptFiles } from '../../app/data.ts';
import { askBeforeLosing, Draft, Drafts } from '../../app/draft.ts';
import { replacePlace } from '../../app/routes.ts';
import { complain, toast } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';

/** The prompt or manifest that is open. */
export const path = signal('');
export const draft = new Draft();
const drafts = new Drafts();
askBeforeLosing(draft);
export const problems = signal<Problem[]>([]);
export const failed = signal<unknown>(undefined);
export const busy = signal(false);
export const view = signal<'edit' | 'diff'>('edit');

export async function open(wanted: string): Promise<void> {
  if (wanted === path.value && !failed.value) return;
  drafts.leave(path.value, draft);
  path.value = wanted;
  problems.value = [];
  view.value = 'edit';
  draft.load({ text: '', version: '' });
  await read(stored => drafts.enter(wanted, draft, stored));
}

async function read(use: (stored: { text: string; version: string }) => void): Promise<void> {
  const wanted = path.value;
  try {
    const file = await readPrompt(wanted);
    if (wanted !== path.value) return;
    failed.value = undefined;
    use({ text: file.content, version: file.version });
  } catch (error) {
    if (wanted === path.value) failed.value = error;
  }
}

onChange(['prompt.', 'manifest.'], event => {
  if (event.path !== path.value) return;
  // What is written here can be saved again.
  if (event.kind.endsWith('.removed')) draft.savedAs('', '');
  else void read(stored => draft.changedElsewhere(stored));
});

export async function save(): Promise<void> {
  if (!draft.dirty.value || busy.value) return;
  const text = draft.text.value;
  busy.value = true;
  try {
    const { version } = await savePrompt(path.value, text, draft.version.value || undefined);
    draft.savedAs(text, version);
    problems.value = [];
    toast(t('prompts.saved'));
  } catch (error) {
    await refused(error);
  } finally {
    busy.value = false;
  }
}

async function refused(error: unknown): Promise<void> {
  if (isFailure(error) && error.status === 422) problems.value = error.problems;
  else if (isFailure(error) && error.status === 412) await read(stored => draft.changedElsewhere(stored));
  else complain(error);
}

export async function create(wanted: string): Promise<void> {
  await savePrompt(wanted, '');
  await promptFiles.reload();
}

export async function remove(): Promise<void> {
  try {
    await deletePrompt(path.value, draft.version.value);
    toast(t('scripts.deleted', { file: path.value }));
    await promptFiles.reload();
    batch(() => {
      draft.load({ text: '', version: '' });
      path.value = '';
      replacePlace('prompts');
    });
  } catch (error) {
    await refused(error);
  }
}
