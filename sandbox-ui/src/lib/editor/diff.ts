import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basics, named, shadowOf } from './editor.ts';
import { language, type LanguageName } from './languages.ts';
import { diffTheme } from './theme.ts';

export interface DiffOptions {
  before: string;
  after: string;
  language: LanguageName;
  beforeLabel: string;
  afterLabel: string;
}

/** Narrower than this, two columns lose their indentation: then one shows both. */
const SIDE_BY_SIDE = 760;

/** Two texts side by side, or in one column where there is little room. */
export async function openDiff(host: HTMLElement, options: DiffOptions): Promise<{ destroy(): void }> {
  const shared: Extension[] = [
    EditorView.editable.of(false),
    ...basics(true),
    await language(options.language),
    diffTheme,
    EditorView.lineWrapping,
  ];
  const root = shadowOf(host);
  if (host.clientWidth < SIDE_BY_SIDE) {
    const original = unifiedMergeView({
      original: options.before,
      mergeControls: false,
      collapseUnchanged: { margin: 3 },
    });
    const state = EditorState.create({
      doc: options.after,
      extensions: [...shared, named(options.afterLabel), original],
    });
    return new EditorView({ parent: root, root, state });
  }
  return new MergeView({
    parent: root,
    root,
    a: { doc: options.before, extensions: [...shared, named(options.beforeLabel)] },
    b: { doc: options.after, extensions: [...shared, named(options.afterLabel)] },
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: true,
    highlightChanges: true,
  });
}
