import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { aborted } from '../api/http.ts';
import { epoch, onChange } from './channel.ts';

/** Something read from the gateway, kept current while the page lives. */
export class Resource<T> {
  private readonly data = signal<T | undefined>(undefined);
  private readonly failed = signal<unknown>(undefined);
  private readonly busy = signal(false);
  private running: Promise<void> | undefined;
  private again = false;
  private begun = false;

  /**
   * @param kinds of the gateway's events after which it is read anew
   */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly kinds: readonly string[] = [],
  ) {}

  get value(): ReadonlySignal<T | undefined> {
    this.begin();
    return this.data;
  }

  get error(): ReadonlySignal<unknown> {
    return this.failed;
  }

  get loading(): ReadonlySignal<boolean> {
    return this.busy;
  }

  /** The first who asks has it read. */
  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    if (this.kinds.length > 0) onChange(this.kinds, () => void this.reload());
    effect(() => {
      void epoch.value;
      void this.reload();
    });
  }

  /** Of several wishes while it is being read, one more reading serves all. */
  reload(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    // Not within the effect that asked: it must not hang on what is read here.
    await Promise.resolve();
    this.busy.value = true;
    do {
      this.again = false;
      try {
        this.data.value = await this.read();
        this.failed.value = undefined;
      } catch (error) {
        if (!aborted(error)) this.failed.value = error;
      }
    } while (this.again);
    this.busy.value = false;
  }
}
