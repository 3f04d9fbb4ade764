import { effect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Editor, EditorOptions, Mark } from '../lib/editor/editor.ts';
import type { DiffOptions } from '../lib/editor/diff.ts';

interface CodeEditorProps {
  /** A new one opens a new editor, with its own history. */
  file: string;
  options: Omit<EditorOptions, 'changed' | 'save' | 'text'>;
  /**
   * The text as it should stand there now. A signal, so that the editor follows at once: drawn later, what was typed a moment
   * ago would take the place of what is typed now.
   */
  text: ReadonlySignal<string>;
  problems: readonly Mark[];
  changed: (text: string) => void;
  save: () => void;
  opened?: (editor: Editor | undefined) => void;
}

/** The editor itself is fetched when the first one is opened. */
export function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    let closed = false;
    let unfollow = () => {};
    void import('../lib/editor/editor.ts').then(async ({ openEditor }) => {
      if (closed || !host.current) return;
      const opened = await openEditor(host.current, {
        ...props.options,
        text: latest.current.text.peek(),
        changed: text => latest.current.changed(text),
        save: () => latest.current.save(),
      });
      if (closed) return opened.destroy();
      editor.current = opened;
      unfollow = effect(() => opened.set(props.text.value));
      opened.mark(latest.current.problems);
      if (latest.current.options.more) opened.extend(latest.current.options.more);
      latest.current.opened?.(opened);
    });
    return () => {
      closed = true;
      unfollow();
      editor.current?.destroy();
      editor.current = undefined;
      latest.current.opened?.(undefined);
    };
  }, [props.file]);
  useEffect(() => editor.current?.mark(props.problems), [props.problems]);
  useEffect(() => {
    if (props.options.more) editor.current?.extend(props.options.more);
  }, [props.options.more]);
  return <div class="editor" ref={host} />;
}

export function DiffView(options: DiffOptions) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let closed = false;
    let diff: { destroy(): void } | undefined;
    void import('../lib/editor/diff.ts').then(async ({ openDiff }) => {
      if (closed || !host.current) return;
      const opened = await openDiff(host.current, options);
      if (closed) opened.destroy();
      else diff = opened;
    });
    return () => {
      closed = true;
      diff?.destroy();
    };
  }, [options.before, options.after]);
  return <div class="editor diff" ref={host} />;
}
