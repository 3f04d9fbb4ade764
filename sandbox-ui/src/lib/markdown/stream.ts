import { cutBlocks, openFence, showable, toHtml, tokensToHtml, type Fence } from './blocks.ts';
import { enqueue, leave, stickAll } from './frames.ts';
import { sanitize } from './sanitize.ts';

export const renderMarkdown = (text: string, host: HTMLElement): void =>
  host.replaceChildren(sanitize(toHtml(text)));

/**
 * Markdown that grows. Closed blocks are put into the page once and never touched again; only the open tail is parsed anew,
 * so that a frame costs the same however long the text is. In an open code fence text is only added.
 */
export class MarkdownStream {
  private text = '';
  private committed = 0;
  private fence: (Fence & { node: Text }) | undefined;
  private readonly tail = document.createElement('div');
  private cost = 0;
  lastDrawn = 0;
  dirty = false;

  constructor(private readonly host: HTMLElement) {
    this.tail.className = 'md-tail';
    host.replaceChildren(this.tail);
  }

  push(text: string): void {
    this.text += text;
    this.dirty = true;
    enqueue(this);
  }

  /** Costly texts are drawn less often. */
  isDue(now: number): boolean {
    return now - this.lastDrawn >= Math.min(250, Math.max(30, this.cost * 6));
  }

  draw(now: number): void {
    this.dirty = false;
    this.lastDrawn = now;
    if (!this.growFence()) this.drawTail();
    this.cost = performance.now() - now;
  }

  /** Whether the new text only went on with an open code fence. */
  private growFence(): boolean {
    if (!this.fence) return false;
    const code = this.text.slice(this.fence.from);
    if (this.fence.closing.test(code)) {
      this.fence = undefined;
      return false;
    }
    const shown = this.fence.node.length;
    const until = showable(code);
    if (until > shown) this.fence.node.appendData(code.slice(shown, until));
    return true;
  }

  private drawTail(): void {
    const cut = cutBlocks(this.text.slice(this.committed));
    if (cut.closed.length > 0) {
      this.tail.before(sanitize(tokensToHtml(cut.closed)));
      this.committed += cut.length;
    }
    this.tail.replaceChildren(sanitize(tokensToHtml(cut.open)));
    const fence = openFence(cut.open);
    const code = fence && this.tail.querySelector('pre:last-child > code');
    if (!fence || !code) return;
    const from = this.committed + fence.from;
    const text = this.text.slice(from);
    const node = document.createTextNode(text.slice(0, showable(text)));
    code.replaceChildren(node);
    this.fence = { ...fence, from, node };
  }

  /** One exact parse; the page changes only where it differs. Tells whether it was the same. */
  end(): boolean {
    leave(this);
    if (this.dirty) this.draw(performance.now());
    this.fence = undefined;
    const exact = document.createElement('div');
    exact.append(sanitize(toHtml(this.text)));
    this.tail.replaceWith(...this.tail.childNodes);
    const same = squeeze(this.host.innerHTML) === squeeze(exact.innerHTML);
    if (!same) this.host.replaceChildren(...exact.childNodes);
    requestAnimationFrame(stickAll);
    return same;
  }

  /** Nothing more will be drawn. */
  drop(): void {
    leave(this);
  }
}

const squeeze = (html: string): string => html.replace(/\s+/g, '');
