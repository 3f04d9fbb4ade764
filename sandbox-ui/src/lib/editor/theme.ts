import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags as t } from '@lezer/highlight';

/** Colours come from the page's custom properties, so that one theme serves light and dark. */
const colours = HighlightStyle.define([
  {
    tag: [t.keyword, t.modifier, t.operatorKeyword, t.controlKeyword, t.definitionKeyword, t.moduleKeyword],
    color: 'var(--syn-kw)',
  },
  { tag: [t.string, t.special(t.string), t.regexp], color: 'var(--syn-str)' },
  { tag: [t.number, t.bool, t.null, t.atom], color: 'var(--syn-num)' },
  { tag: [t.comment, t.meta], color: 'var(--syn-com)', fontStyle: 'italic' },
  {
    tag: [t.function(t.variableName), t.function(t.propertyName), t.definition(t.function(t.variableName))],
    color: 'var(--syn-fn)',
  },
  { tag: [t.propertyName, t.definition(t.propertyName), t.attributeName], color: 'var(--syn-prop)' },
  { tag: [t.typeName, t.className, t.labelName], color: 'var(--syn-type)' },
  { tag: t.heading, fontWeight: '600', color: 'var(--syn-kw)' },
  { tag: t.strong, fontWeight: '600' },
  { tag: t.emphasis, fontStyle: 'italic' },
]);

export const theme = [
  syntaxHighlighting(colours),
  EditorView.theme({
    '&': { color: 'var(--fg)', backgroundColor: 'var(--bg-code)', fontSize: '13px', height: '100%' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', fontVariantLigatures: 'none' },
    '.cm-gutters': { backgroundColor: 'var(--bg-code)', color: 'var(--fg-faint)', border: 'none' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--bg-line)' },
    '&.cm-focused': { outline: 'none' },
    '.cm-cursor': { borderLeftColor: 'var(--accent)' },
    '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
      backgroundColor: 'var(--sel) !important',
    },
    '.cm-tooltip': {
      background: 'var(--bg-pop)',
      color: 'var(--fg)',
      border: '1px solid var(--line)',
      borderRadius: '6px',
      maxWidth: '520px',
    },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-bg)', color: 'var(--fg)' },
    '.cm-completionDetail': { color: 'var(--fg-dim)', fontStyle: 'normal' },
    '.cm-panels': { background: 'var(--bg-raise)', color: 'var(--fg)', borderColor: 'var(--line)' },
    '.cm-panels input, .cm-panels button': { color: 'var(--fg)', background: 'var(--bg-code)' },
    '.cm-foldPlaceholder': { background: 'var(--bg-sunk)', border: 'none', color: 'var(--fg-dim)' },
    '.cm-diagnosticAction': { background: 'var(--accent)', color: 'var(--on-accent)' },
  }),
];

export const diffTheme = EditorView.theme({
  '&': { height: 'auto' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--diff-del)' },
  '&.cm-merge-b .cm-changedLine, .cm-insertedLine, &.cm-merge-b .cm-inlineChangedLine': {
    backgroundColor: 'var(--diff-add)',
  },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'var(--diff-del-s)' },
  '&.cm-merge-b .cm-changedText': { background: 'var(--diff-add-s)' },
  '.cm-changeGutter': { width: '3px', paddingLeft: '0' },
  '&.cm-merge-a .cm-changedLineGutter': { background: 'var(--err)' },
  '&.cm-merge-b .cm-changedLineGutter': { background: 'var(--ok)' },
  '.cm-collapsedLines': {
    background: 'var(--bg-sunk)',
    color: 'var(--fg-dim)',
    padding: '4px 12px',
    fontFamily: 'var(--sans)',
    fontSize: '12px',
    borderBlock: '1px solid var(--line)',
  },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"···"' },
});
