import { computed, signal } from '@preact/signals';
import { isFailure } from '../../api/http.ts';
import { cancelSession, startRun } from '../../api/sessions.ts';
import { Followed } from '../../app/follow.ts';
import { place, replacePlace } from '../../app/routes.ts';
import { announce, complain, words } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import type { Turn } from '../../lib/run/turn.ts';
import { isOver } from '../../lib/run/turn.ts';
import {
  attachments,
  laneOf,
  patternOf,
  prompt,
  requestOf,
  restoreShared,
  setups,
  type LaneSetup,
} from './setup.ts';

/** A column of the race, with the session behind it. */
export class Lane {
  readonly followed = signal<Followed | undefined>(undefined);
  readonly refused = signal('');
  readonly sending = signal(false);

  constructor(private readonly begunWith: LaneSetup) {}

  /** As it is now in the panel: a follow-up may be asked otherwise. */
  get setup(): LaneSetup {
    return setups.value.find(one => one.id === this.begunWith.id) ?? this.begunWith;
  }

  get turns(): Turn[] {
    return this.followed.value?.conversation.turns.value ?? [];
  }

  get last(): Turn | undefined {
    return this.turns.at(-1);
  }

  get running(): boolean {
    return this.sending.value || (this.followed.value?.conversation.running.value ?? false);
  }

  async ask(question: string): Promise<void> {
    this.refused.value = '';
    this.sending.value = true;
    const known = this.followed.value;
    try {
      const asked = requestOf(this.setup, question);
      const session = await startRun(known ? { ...asked, session_id: known.conversation.session } : asked);
      if (known) known.goesOn(question);
      else this.followed.value = Followed.begun(session, question);
    } catch (error) {
      this.refused.value = words(error);
    } finally {
      this.sending.value = false;
    }
  }

  async cancel(): Promise<void> {
    const conversation = this.followed.value?.conversation;
    if (!conversation?.running.value) return;
    try {
      await cancelSession(conversation.session);
    } catch (error) {
      // It may just have ended by itself.
      if (!isFailure(error) || error.status !== 409) complain(error);
    }
  }

  leave(): void {
    this.followed.value?.stop();
  }
}

export const lanes = signal<Lane[]>([]);
export const running = computed(() => lanes.value.some(lane => lane.running));
export const canGoOn = computed(
  () => lanes.value.length > 0 && lanes.value.every(lane => lane.followed.value !== undefined),
);
export const goOn = signal(false);

/** Asks all lanes; a follow-up in their sessions, else in new ones. */
export async function run(): Promise<void> {
  const question = prompt.value.trim();
  if ((question === '' && attachments.value.length === 0) || setups.value.length === 0 || running.value)
    return;
  if (!goOn.value || !canGoOn.value) {
    for (const lane of lanes.value) lane.leave();
    lanes.value = setups.value.map(setup => new Lane(setup));
  }
  announce(t('play.started', { n: lanes.value.length }));
  prompt.value = '';
  await Promise.all(lanes.value.map(lane => lane.ask(question)));
  attachments.value = [];
  if (lanes.value.every(lane => lane.refused.value !== '')) prompt.value = question;
  else goOn.value = true;
  keepInAddress();
}

export const stop = (): Promise<void[]> => Promise.all(lanes.value.map(lane => lane.cancel()));

/** The address restores what is shown. */
function keepInAddress(): void {
  const ids = lanes.value.flatMap(lane => lane.followed.value?.conversation.session ?? []);
  if (place.value.tab === 'playground') replacePlace('playground', '', { s: ids.join(',') });
}

export const restoring = signal(false);

/** Shows the sessions that the address names, unless they are shown already. */
export async function restore(ids: string[]): Promise<void> {
  const shown = lanes.value.map(lane => lane.followed.value?.conversation.session ?? '');
  if (ids.length === 0 || ids.join() === shown.join()) return;
  for (const lane of lanes.value) lane.leave();
  lanes.value = [];
  restoring.value = true;
  try {
    const opened = await Promise.allSettled(ids.map(id => Followed.open(id)));
    for (const result of opened) if (result.status === 'rejected') complain(result.reason);
    const found = opened.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
    lanes.value = found.map(({ followed, record }) => {
      const last = record.run_list.at(-1);
      const lane = new Lane(laneOf(last?.request ?? {}, record.model_alias, record.pattern));
      lane.followed.value = followed;
      return lane;
    });
    const request = found[0]?.record.run_list.at(-1)?.request;
    if (request) restoreShared(request);
    if (lanes.value.length > 0) setups.value = lanes.value.map(lane => ({ ...lane.setup }));
    goOn.value = lanes.value.length > 0;
  } finally {
    restoring.value = false;
  }
}

export function startOver(): void {
  for (const lane of lanes.value) lane.leave();
  lanes.value = [];
  goOn.value = false;
  replacePlace('playground');
}

/** The last question once more, as a new race: with whatever is changed in the setup. */
export function askAgain(): void {
  prompt.value = lanes.value[0]?.last?.question.value ?? prompt.value;
  goOn.value = false;
  document.getElementById('prompt')?.focus();
}

export const laneTitle = (lane: Lane): string => lane.setup.alias;
export const laneNote = (lane: Lane): string => {
  const pattern = lane.last?.pattern.value || patternOf(lane.setup);
  const version = lane.last?.version.value ?? '';
  return [pattern, version.slice(0, 8)].filter(Boolean).join(' · ');
};

/** The longest of all, for the bars' common scale. */
export const span = (now: number): number =>
  Math.max(1000, ...lanes.value.map(lane => lane.last?.elapsed(now) ?? 0));

export const ended = (lane: Lane): boolean => lane.last !== undefined && isOver(lane.last.phase.value);
