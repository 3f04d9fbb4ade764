import { computed, signal } from '@preact/signals';
import type { RunRecord, SessionEvent } from '../../api/types.ts';
import { isOver, Turn } from './turn.ts';

/** The turns of one session, put together from its events. */
export class Conversation {
  readonly turns = signal<Turn[]>([]);
  readonly lost = signal('');
  readonly last = computed(() => this.turns.value.at(-1));
  readonly running = computed(() => {
    const turn = this.last.value;
    return turn !== undefined && !isOver(turn.phase.value) && this.lost.value === '';
  });

  constructor(readonly session: string) {}

  /** The turn of a run; made if it isn't known yet. */
  turn(run: number): Turn {
    const known = this.turns.value.find(turn => turn.number === run);
    if (known) return known;
    const turn = new Turn(run);
    this.turns.value = [...this.turns.value, turn].sort((a, b) => a.number - b.number);
    return turn;
  }

  /** The turn of a run that has just been asked for. */
  next(): Turn {
    return this.turn((this.turns.value.at(-1)?.number ?? 0) + 1);
  }

  apply(event: SessionEvent, now = Date.now()): void {
    this.turn(event.run).apply(event, now);
  }

  /** What only the record tells. */
  recorded(runs: RunRecord[]): void {
    for (const run of runs) {
      const turn = this.turn(run.run);
      turn.question.value = run.request.user_query ?? '';
      turn.begun.value = Date.parse(run.created_at);
    }
  }
}
