import { isMap, isScalar, isSeq, stringify, type Node, type Pair } from 'yaml';

/** Places in a YAML text, and values written as YAML. */

export const lineStart = (text: string, offset: number): number =>
  offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;

/** Where a block that ends at the offset ends with its last line, its comment included; the line break stays outside. */
export function blockEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset - 1;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

export const indent = (text: string, columns: number): string =>
  text
    .split('\n')
    .map(line => (line ? ' '.repeat(columns) + line : line))
    .join('\n');

export const write = (value: unknown): string => stringify(value, { lineWidth: 0 }).trimEnd();

/** A value on one line, quoted as the one that it replaces. */
export function writeScalar(value: unknown, quotes?: string): string {
  if (typeof value === 'string') {
    if (quotes === 'QUOTE_DOUBLE' || value.includes('\n')) return JSON.stringify(value);
    if (quotes === 'QUOTE_SINGLE') return `'${value.replace(/'/g, "''")}'`;
  }
  if (value !== null && typeof value === 'object') return JSON.stringify(value);
  return write(value);
}

const isFlow = (node: Node): boolean => (isMap(node) || isSeq(node)) && node.flow === true;

/** The offset behind a node's last character, without the comments and blank lines that follow it. */
export function nodeEnd(node: Node): number {
  if ((isMap(node) || isSeq(node)) && !isFlow(node)) {
    const last = node.items.at(-1);
    if (last && isMap(node)) return pairEnd(last as Pair<Node, Node | null>);
    if (last) return nodeEnd(last as Node);
  }
  return node.range?.[1] ?? 0;
}

export function pairEnd(pair: Pair<Node, Node | null>): number {
  return pair.value?.range ? Math.max(nodeEnd(pair.value), keyEnd(pair)) : keyEnd(pair);
}

const keyEnd = (pair: Pair<Node, Node | null>): number => pair.key.range?.[1] ?? 0;

export const keyName = (key: unknown): unknown => (isScalar(key) ? key.value : key);

/** Whether two plain values are the same, the order of their keys aside. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
