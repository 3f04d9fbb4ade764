/** One event of a `text/event-stream`. */
export interface ServerEvent {
  event: string;
  data: string;
  /** The last id that the stream has named, on this event or before. */
  id: string | undefined;
}

/** Takes a stream's text in pieces of any size and gives its events. */
export class EventParser {
  private rest = '';
  private name = '';
  private data: string[] = [];
  private id: string | undefined;
  private begun = false;

  feed(text: string): ServerEvent[] {
    this.rest += text;
    if (!this.begun && this.rest !== '') {
      this.begun = true;
      if (this.rest.startsWith('\uFEFF')) this.rest = this.rest.slice(1);
    }
    const events: ServerEvent[] = [];
    let from = 0;
    for (;;) {
      const end = this.lineEnd(from);
      if (end < 0) break;
      const next = this.rest.startsWith('\r\n', end) ? end + 2 : end + 1;
      const event = this.line(this.rest.slice(from, end));
      if (event) events.push(event);
      from = next;
    }
    this.rest = this.rest.slice(from);
    return events;
  }

  /** A carriage return at the very end may be half of a line's end: the next piece tells. */
  private lineEnd(from: number): number {
    for (let i = from; i < this.rest.length; i++) {
      const c = this.rest[i];
      if (c === '\n') return i;
      if (c === '\r') return i + 1 < this.rest.length ? i : -1;
    }
    return -1;
  }

  private line(line: string): ServerEvent | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.name = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return undefined;
  }

  private dispatch(): ServerEvent | undefined {
    const event =
      this.data.length === 0
        ? undefined
        : { event: this.name || 'message', data: this.data.join('\n'), id: this.id };
    this.name = '';
    this.data = [];
    return event;
  }
}

/** Reads a response's events until it ends. `fetch` can be aborted, carries headers and may POST; EventSource can't. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
