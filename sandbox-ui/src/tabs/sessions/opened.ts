import { signal } from '@preact/signals';
import { readSession } from '../../api/sessions.ts';
import type { JournalEntry, RunRecord, SessionRecord } from '../../api/types.ts';
import { Followed } from '../../app/follow.ts';

/** One session on the page: its record, its conversation, and the payloads of its calls as they are asked for. */
export class Opened {
  readonly record = signal<SessionRecord | undefined>(undefined);
  readonly followed = signal<Followed | undefined>(undefined);
  readonly error = signal<unknown>(undefined);
  readonly chosen = signal<number | undefined>(undefined);
  private readonly journals = new Map<number, Journal>();

  constructor(readonly id: string) {}

  async open(): Promise<void> {
    try {
      const { followed, record } = await Followed.open(this.id);
      this.followed.value?.stop();
      this.followed.value = followed;
      this.record.value = record;
      this.error.value = undefined;
    } catch (error) {
      this.error.value = error;
    }
  }

  /** States and requests, after something has happened to it. */
  async refresh(): Promise<void> {
    try {
      this.record.value = await readSession(this.id, { limit: 1 });
    } catch (error) {
      this.error.value = error;
    }
  }

  get run(): RunRecord | undefined {
    const runs = this.record.value?.run_list ?? [];
    return runs.find(run => run.run === this.chosen.value) ?? runs.at(-1);
  }

  get turn() {
    const turns = this.followed.value?.conversation.turns.value ?? [];
    return turns.find(turn => turn.number === this.chosen.value) ?? turns.at(-1);
  }

  journal(run: number): Journal {
    const known = this.journals.get(run);
    if (known) return known;
    const fresh = new Journal(this.id, run);
    this.journals.set(run, fresh);
    return fresh;
  }

  close(): void {
    this.followed.value?.stop();
  }
}

/** A run's calls with their results, read page by page as far as somebody looks. */
class Journal {
  private readonly entries = new Map<string, JournalEntry>();
  private next: number | null = 0;

  constructor(
    private readonly session: string,
    private readonly run: number,
  ) {}

  async find(call: string): Promise<JournalEntry | undefined> {
    while (!this.entries.has(call) && this.next !== null) await this.page();
    if (!this.entries.has(call)) this.next = this.entries.size;
    return this.entries.get(call);
  }

  private async page(): Promise<void> {
    const { journal } = await readSession(this.session, { run: this.run, after: this.next ?? 0, limit: 50 });
    for (const entry of journal.entries) this.entries.set(entry.call, entry);
    this.next = journal.next_after;
  }
}
