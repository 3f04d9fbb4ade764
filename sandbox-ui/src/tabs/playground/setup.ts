import { computed, signal } from '@preact/signals';
import type { Json, Payload, RunRequest } from '../../api/types.ts';
import { models, patterns } from '../../app/data.ts';

/** Who is asked, and how: one column of the race. */
export interface LaneSetup {
  id: number;
  alias: string;
  /** '': an agent's own; for a plain model the one that adds nothing. */
  pattern: string;
  /** '': the newest. */
  version: string;
  params: Payload;
}

export interface Attachment {
  name: string;
  url: string;
}

export const HARMS = ['HARASSMENT', 'HATE_SPEECH', 'SEXUALLY_EXPLICIT', 'DANGEROUS_CONTENT'] as const;
export type Harm = (typeof HARMS)[number];

/** A plain model is asked by the pattern that adds nothing, where there is one. */
export const PLAIN = 'plain_chat';

export const setups = signal<LaneSetup[]>([]);
export const instruction = signal('');
export const manifests = signal<string[]>([]);
export const unfiltered = signal<ReadonlySet<Harm>>(new Set());
export const attachments = signal<Attachment[]>([]);
export const prompt = signal('');

let next = 1;

export const chatModels = computed(() =>
  (models.value.value ?? [])
    .filter(model => model.mode === 'chat')
    .sort((a, b) => Number(b.is_agent) - Number(a.is_agent)),
);

/** Aliases come first; the profiles behind them can be asked for, too. */
export const model = (alias: string) => chatModels.value.find(one => one.id === alias);

export const newLane = (alias: string, pattern = ''): LaneSetup => ({
  id: next++,
  alias,
  pattern,
  version: '',
  params: {},
});

export const addLane = (lane: LaneSetup): void => void (setups.value = [...setups.value, lane]);

export const changeLane = (id: number, change: Partial<LaneSetup>): void =>
  void (setups.value = setups.value.map(lane => (lane.id === id ? { ...lane, ...change } : lane)));

export const removeLane = (id: number): void =>
  void (setups.value = setups.value.filter(lane => lane.id !== id));

/** Whether a plain model is asked by itself: it is, unless somebody has removed the pattern for it. */
export const isPlain = (alias: string): boolean => {
  const known = patterns.value.value;
  return model(alias)?.is_agent === false && (known === undefined || known.some(one => one.name === PLAIN));
};

/** The pattern that a lane will run by, as far as the page knows; '': the gateway's global one. */
export const patternOf = (lane: LaneSetup): string =>
  lane.pattern || (isPlain(lane.alias) ? PLAIN : (model(lane.alias)?.pattern ?? ''));

/** With nothing chosen yet, the first agent and the first model are. */
let chosen = false;
export function chooseFirst(): void {
  if (chosen || chatModels.value.length === 0) return;
  chosen = true;
  if (setups.peek().length > 0) return;
  const agent = chatModels.value.find(one => one.is_agent);
  const plain = chatModels.value.find(one => !one.is_agent);
  setups.value = [agent, plain].flatMap(one => (one ? [newLane(one.id)] : []));
}

export function requestOf(lane: LaneSetup, question: string): RunRequest {
  const safety: Json[] = [...unfiltered.value].map(harm => ({
    category: `HARM_CATEGORY_${harm}`,
    threshold: 'BLOCK_NONE',
  }));
  const parts: Json[] = attachments.value.map(each => ({ type: 'image_url', image_url: { url: each.url } }));
  const pattern = lane.pattern || (isPlain(lane.alias) ? PLAIN : '');
  const texts = manifests.value.filter(text => text.trim() !== '');
  return {
    model_alias: lane.alias,
    user_query: question,
    ...(pattern ? { reasoning_mode: pattern } : {}),
    ...(lane.version ? { pattern_version: lane.version } : {}),
    ...(Object.keys(lane.params).length > 0 ? { params: lane.params } : {}),
    ...(instruction.value.trim() ? { client_system_instruction: instruction.value } : {}),
    ...(texts.length > 0 ? { client_manifests: texts } : {}),
    ...(safety.length > 0 ? { safety_settings: safety } : {}),
    ...(parts.length > 0 ? { attachments: parts } : {}),
  };
}

/** The setup that a stored run had. */
export function laneOf(request: RunRequest, alias: string, pattern: string): LaneSetup {
  const ran = request.reasoning_mode ?? pattern;
  const usual = patternOf(newLane(alias));
  return {
    id: next++,
    alias,
    pattern: ran === usual ? '' : ran,
    version: request.pattern_version ?? '',
    params: request.params ?? {},
  };
}

export function restoreShared(request: RunRequest): void {
  instruction.value = request.client_system_instruction ?? '';
  manifests.value = request.client_manifests ?? [];
}
