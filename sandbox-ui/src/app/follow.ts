import { readSession } from '../api/sessions.ts';
import type { SessionRecord } from '../api/types.ts';
import { Conversation } from '../lib/run/conversation.ts';
import { renew, watch } from './live.ts';

/** A session on the page: its conversation, kept current by the shared stream. */
export class Followed {
  private seen = 0;
  private readonly end: () => void;

  private constructor(
    readonly conversation: Conversation,
    private last: number,
  ) {
    this.end = watch(conversation.session, 0, {
      take: event => {
        this.seen = event.seq;
        conversation.apply(event);
      },
      open: () => this.seen < this.last || conversation.running.peek(),
      lost: message => (conversation.lost.value = message),
    });
  }

  /** One that has just begun. */
  static begun(session: string, question: string): Followed {
    const followed = new Followed(new Conversation(session), 0);
    followed.goesOn(question);
    return followed;
  }

  /** One of the past, or that goes on somewhere else. */
  static recorded(record: SessionRecord): Followed {
    const conversation = new Conversation(record.id);
    conversation.recorded(record.run_list);
    return new Followed(conversation, record.last_seq);
  }

  static async open(id: string): Promise<{ followed: Followed; record: SessionRecord }> {
    const record = await readSession(id, { limit: 1 });
    return { followed: Followed.recorded(record), record };
  }

  /** Another question in the same conversation. */
  goesOn(question: string): void {
    this.conversation.next().question.value = question;
    renew();
    // The record tells when the run was asked for: before a worker took it.
    readSession(this.conversation.session, { limit: 1 }).then(
      record => this.conversation.recorded(record.run_list),
      () => {},
    );
  }

  /** The last run goes on after it had ended. */
  resumed(): void {
    const turn = this.conversation.last.peek();
    if (turn) turn.phase.value = 'wait';
    renew();
  }

  stop(): void {
    this.end();
  }
}
