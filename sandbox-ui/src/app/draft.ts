import { computed, signal } from '@preact/signals';

export interface Stored {
  text: string;
  version: string;
}

/** A text that is being edited: what is saved, what is written, and what somebody else has saved meanwhile. */
export class Draft {
  readonly text = signal('');
  readonly saved = signal('');
  readonly version = signal('');
  readonly conflict = signal<Stored | undefined>(undefined);
  readonly dirty = computed(() => this.text.value !== this.saved.value);

  load(stored: Stored): void {
    this.saved.value = stored.text;
    this.text.value = stored.text;
    this.version.value = stored.version;
    this.conflict.value = undefined;
  }

  /** The gateway has this now. What is written here is never lost by it. */
  changedElsewhere(stored: Stored): void {
    if (stored.version === this.version.value) return;
    if (!this.dirty.value || stored.text === this.text.value) this.load(stored);
    else this.conflict.value = stored;
  }

  savedAs(text: string, version: string): void {
    this.saved.value = text;
    this.version.value = version;
    this.conflict.value = undefined;
  }

  discard(): void {
    this.text.value = this.saved.value;
  }

  /** The next save replaces theirs. */
  keepMine(): void {
    const theirs = this.conflict.value;
    if (!theirs) return;
    this.saved.value = theirs.text;
    this.version.value = theirs.version;
    this.conflict.value = undefined;
  }

  takeTheirs(): void {
    if (this.conflict.value) this.load(this.conflict.value);
  }
}

const unsaved: (() => boolean)[] = [];

/** Texts that were left unsaved for another file: nothing that was written is lost by looking elsewhere. */
export class Drafts {
  private readonly kept = new Map<string, Stored & { saved: string }>();

  constructor() {
    unsaved.push(() => this.kept.size > 0);
  }

  leave(key: string, draft: Draft): void {
    const { text, saved, version } = draft;
    if (draft.dirty.value)
      this.kept.set(key, { text: text.value, saved: saved.value, version: version.value });
  }

  enter(key: string, draft: Draft, stored: Stored): void {
    const mine = this.kept.get(key);
    this.kept.delete(key);
    if (!mine) return draft.load(stored);
    draft.load({ text: mine.saved, version: mine.version });
    draft.text.value = mine.text;
    draft.changedElsewhere(stored);
  }
}

/** The browser asks before it closes a page on which something is not saved. */
export function askBeforeLosing(draft: Draft): void {
  unsaved.push(() => draft.dirty.value);
}

if (typeof addEventListener === 'function')
  addEventListener('beforeunload', event => {
    if (unsaved.some(check => check())) event.preventDefault();
  });
