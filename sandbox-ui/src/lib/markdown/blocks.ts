import { Marked, type Token, type Tokens } from 'marked';

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** HTML in a model's text is shown as text; only line breaks are what they say, since tables need them. */
const marked = new Marked({
  gfm: true,
  renderer: { html: ({ text }) => (/^<br\s*\/?>\s*$/i.test(text) ? '<br>' : escape(text)) },
});

export const toHtml = (text: string): string => marked.parse(text, { async: false });
export const tokensToHtml = (tokens: Token[]): string => marked.parser(tokens);

/** Where a text that is still growing can be cut. */
export interface Cut {
  /** Blocks that no further text can change. */
  closed: Token[];
  /** Blocks that may still grow. */
  open: Token[];
  /** How many characters the closed ones take. */
  length: number;
}

/** A block is closed when another one follows whose first line is complete. */
export function cutBlocks(text: string): Cut {
  const tokens = marked.lexer(text);
  let end = tokens.length;
  while (end > 0 && tokens[end - 1]?.type === 'space') end--;
  let closed = 0;
  let length = 0;
  let offset = 0;
  for (let i = 0; i < end - 1; i++) {
    offset += tokens[i]?.raw.length ?? 0;
    if (tokens[i + 1]?.type === 'space') continue;
    if (text.indexOf('\n', offset) < 0) break;
    closed = i + 1;
    length = offset;
  }
  return { closed: tokens.slice(0, closed), open: tokens.slice(closed, end), length };
}

/** An open code fence: its text can simply be added to, until the fence is closed. */
export interface Fence {
  /** Where its code begins, from the beginning of the open blocks. */
  from: number;
  closing: RegExp;
}

export function openFence(open: Token[]): Fence | undefined {
  const last = open.at(-1) as Tokens.Code | undefined;
  const head = last?.type === 'code' ? /^(`{3,}|~{3,})[^\n]*\n/.exec(last.raw) : null;
  if (!last || !head?.[1]) return undefined;
  const before = open.slice(0, -1).reduce((sum, token) => sum + token.raw.length, 0);
  const mark = head[1];
  const closing = new RegExp(`(^|\\n) {0,3}${mark[0]}{${mark.length},}[ \\t]*(\\n|$)`);
  const from = before + head[0].length;
  return closing.test(last.raw.slice(head[0].length)) ? undefined : { from, closing };
}

/** How much of an open fence's code can be shown: not a last line that may become the closing fence. */
export function showable(code: string): number {
  const lastLine = code.lastIndexOf('\n') + 1;
  return /^\s*[`~]*$/.test(code.slice(lastLine)) ? lastLine : code.length;
}
