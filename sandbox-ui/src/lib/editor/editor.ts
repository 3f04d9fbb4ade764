import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { language, type LanguageName } from './languages.ts';
import { theme } from './theme.ts';

/** A problem at its place; lines and columns count from 1, columns in code points. */
export interface Mark {
  line: number;
  col?: number;
  endCol?: number;
  message: string;
  severity: 'error' | 'warning';
  fix?: { label: string; apply: () => void };
}

export interface EditorOptions {
  text: string;
  language: LanguageName;
  label: string;
  readOnly?: boolean;
  changed?: (text: string) => void;
  save?: () => void;
  more?: Extension;
}

export interface Editor {
  get(): string;
  /** Replaces what differs, so that the cursor stays where it can. */
  set(text: string): void;
  mark(problems: readonly Mark[]): void;
  reveal(line: number, col?: number): void;
  extend(more: Extension): void;
  destroy(): void;
}

/**
 * Within an open shadow root CodeMirror's styles are constructed style sheets: they need no exception from
 * `style-src 'self'`.
 */
export function shadowOf(host: HTMLElement): ShadowRoot {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.replaceChildren();
  return root;
}

export const basics = (readOnly: boolean): Extension[] => [
  lineNumbers(),
  highlightActiveLineGutter(),
  history(),
  foldGutter(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  highlightSelectionMatches(),
  ...(readOnly ? [] : [closeBrackets(), highlightActiveLine()]),
  theme,
  EditorState.readOnly.of(readOnly),
  keymap.of([
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...lintKeymap,
    indentWithTab,
  ]),
];

export const named = (label: string): Extension =>
  EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' });

export async function openEditor(host: HTMLElement, options: EditorOptions): Promise<Editor> {
  const more = new Compartment();
  const lang = await language(options.language);
  const root = shadowOf(host);
  const saveKey = {
    key: 'Mod-s',
    preventDefault: true,
    run: () => {
      options.save?.();
      return true;
    },
  };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of([saveKey]),
        ...basics(options.readOnly ?? false),
        lintGutter(),
        lang,
        named(options.label),
        more.of(options.more ?? []),
        EditorView.updateListener.of(update => {
          if (update.docChanged) options.changed?.(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    get: () => view.state.doc.toString(),
    set: text => replace(view, text),
    mark: problems =>
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map(problem => diagnostic(view.state.doc, problem)),
        ),
      ),
    reveal: (line, col) => reveal(view, line, col),
    extend: extension => view.dispatch({ effects: more.reconfigure(extension) }),
    destroy: () => view.destroy(),
  };
}

function replace(view: EditorView, text: string): void {
  const old = view.state.doc.toString();
  if (text === old) return;
  let from = 0;
  while (from < old.length && from < text.length && old[from] === text[from]) from++;
  let tail = 0;
  const room = Math.min(old.length, text.length) - from;
  while (tail < room && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail++;
  view.dispatch({ changes: { from, to: old.length - tail, insert: text.slice(from, text.length - tail) } });
}

/** Where a column in code points stands among the editor's UTF-16 units. */
export function offsetOf(line: string, col: number): number {
  return [...line].slice(0, Math.max(0, col - 1)).join('').length;
}

function diagnostic(doc: Text, problem: Mark): Diagnostic {
  const line = doc.line(Math.max(1, Math.min(problem.line, doc.lines)));
  const from = line.from + Math.min(line.length, offsetOf(line.text, problem.col ?? 1));
  const end = problem.endCol === undefined ? line.to : line.from + offsetOf(line.text, problem.endCol);
  const fix = problem.fix;
  return {
    from,
    to: Math.max(from, Math.min(line.to, end)),
    severity: problem.severity,
    message: problem.message,
    ...(fix ? { actions: [{ name: fix.label, apply: () => fix.apply() }] } : {}),
  };
}

function reveal(view: EditorView, wanted: number, col = 1): void {
  const line = view.state.doc.line(Math.max(1, Math.min(wanted, view.state.doc.lines)));
  const at = line.from + Math.min(line.length, offsetOf(line.text, col));
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
  view.focus();
}
