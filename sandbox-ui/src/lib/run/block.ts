interface Chunk {
  seq: number;
  call: string;
  text: string;
}

export interface BlockReader {
  added(text: string): void;
  /** All of it is another text now. */
  replaced(text: string): void;
  ended(): void;
}

/** A text that grows while it is read, and of which a part may be taken back. */
export class Block {
  private chunks: Chunk[] = [];
  private readers = new Set<BlockReader>();
  private length = 0;
  ended = false;

  get text(): string {
    return this.chunks.map(chunk => chunk.text).join('');
  }

  get size(): number {
    return this.length;
  }

  add(seq: number, call: string, text: string): void {
    this.chunks.push({ seq, call, text });
    this.length += text.length;
    for (const reader of this.readers) reader.added(text);
  }

  /** Drops what a call has said since an event. */
  retract(call: string, fromSeq: number): void {
    const kept = this.chunks.filter(chunk => chunk.call !== call || chunk.seq < fromSeq);
    if (kept.length === this.chunks.length) return;
    this.chunks = kept;
    this.tellAll();
  }

  /** What was streamed becomes the text as the gateway finally has it. */
  settle(text: string): void {
    if (this.text === text) return;
    this.chunks = [{ seq: 0, call: '', text }];
    this.tellAll();
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const reader of this.readers) reader.ended();
  }

  read(reader: BlockReader): () => void {
    this.readers.add(reader);
    reader.replaced(this.text);
    if (this.ended) reader.ended();
    return () => this.readers.delete(reader);
  }

  private tellAll(): void {
    const text = this.text;
    this.length = text.length;
    for (const reader of this.readers) {
      reader.replaced(text);
      if (this.ended) reader.ended();
    }
  }
}
