import { useEffect, useRef } from 'preact/hooks';
import type { Block } from '../../lib/run/block.ts';

const markdown = () => import('../../lib/markdown/stream.ts');
type Markdown = Awaited<ReturnType<typeof markdown>>;

function show(block: Block, element: HTMLElement, { MarkdownStream, renderMarkdown }: Markdown): () => void {
  let stream: InstanceType<typeof MarkdownStream> | undefined;
  const stop = block.read({
    added: text => stream?.push(text),
    replaced: text => {
      stream?.drop();
      stream = undefined;
      if (block.ended) renderMarkdown(text, element);
      else {
        stream = new MarkdownStream(element);
        if (text) stream.push(text);
      }
    },
    ended: () => {
      stream?.end();
      stream = undefined;
    },
  });
  return () => {
    stop();
    stream?.drop();
  };
}

/** What can be shown while the renderer can't be fetched. */
const showPlain = (block: Block, element: HTMLElement): (() => void) =>
  block.read({
    added: text => element.append(text),
    replaced: text => (element.textContent = text),
    ended: () => {},
  });

/** A block's text as Markdown. It goes straight into the page: signals carry only what changes a few times a second. */
export function Growing({ block, kind = '' }: { block: Block; kind?: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let left = false;
    let stop = () => {};
    markdown().then(
      loaded => {
        if (!left) stop = show(block, element, loaded);
      },
      () => {
        if (!left) stop = showPlain(block, element);
      },
    );
    return () => {
      left = true;
      stop();
    };
  }, [block]);
  return <div class={`md ${kind}`} ref={host} />;
}
