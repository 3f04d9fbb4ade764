import type { Problem } from '../api/types.ts';

/** The text with a problem's fix applied. Columns count code points, as the gateway's do. */
export function applyFix(text: string, fix: NonNullable<Problem['fix']>): string {
  const lines = text.split('\n');
  const line = [...(lines[fix.line - 1] ?? '')];
  line.splice(fix.col - 1, fix.endCol - fix.col, fix.text);
  lines[fix.line - 1] = line.join('');
  return lines.join('\n');
}
