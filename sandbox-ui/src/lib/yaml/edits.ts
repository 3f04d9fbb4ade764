import { isAlias, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import { YamlText, type BlockList, type BlockMap, type Path } from './document.ts';
import { blockEnd, indent, lineStart, nodeEnd, pairEnd, same, write, writeScalar } from './text.ts';

/**
 * Edits of a YAML text that keep its comments, anchors and layout. Each is a splice of the text at the place of a node, read
 * again and held against the same edit of the parsed document: if the data aren't the same, the document is written out
 * instead (comments and anchors stay, the layout may not). So the change of one value is a diff of one line.
 */

/** An edit that can't be made without changing what it isn't about. */
export class EditRefused extends Error {}

type InDocument = (doc: Document.Parsed) => void;

export function set(text: string, path: Path, value: unknown): string {
  const yaml = YamlText.of(text);
  const parent = path.slice(0, -1);
  if (parent.length > 0 && !yaml.node(parent)) return set(text, parent, { [String(path.at(-1))]: value });
  return commit(yaml, splicedSet(yaml, path, value), doc => doc.setIn(path, doc.createNode(value)));
}

function splicedSet(yaml: YamlText, path: Path, value: unknown): string | undefined {
  const node = yaml.node(path);
  const scalar = value === null || typeof value !== 'object';
  if (node?.range && (isScalar(node) || isAlias(node))) {
    if (!scalar && !isShort(value)) return undefined;
    return replaceValue(yaml.text, node, value);
  }
  if (isSeq(node) && node.flow && node.range && isShort(value))
    return yaml.text.slice(0, node.range[0]) + flow(value) + yaml.text.slice(node.range[1]);
  if (node) return undefined;
  const pair = yaml.pair(path);
  if (pair?.key.range && scalar) {
    const colon = yaml.text.indexOf(':', pair.key.range[1]) + 1;
    return `${yaml.text.slice(0, colon)} ${writeScalar(value)}${yaml.text.slice(colon)}`;
  }
  const map = yaml.map(path.slice(0, -1));
  return map && map.items.length > 0 ? addPair(yaml, map, String(path.at(-1)), value) : undefined;
}

function replaceValue(text: string, node: Node, value: unknown): string {
  const [from, to] = node.range ?? [0, 0];
  const gap = from === to && text[from - 1] === ':' ? ' ' : '';
  const quotes = isScalar(node) ? node.type : undefined;
  const written = typeof value === 'object' && value !== null ? flow(value) : writeScalar(value, quotes);
  const lineBreak = to > from && text[to - 1] === '\n' ? '\n' : '';
  return text.slice(0, from) + gap + written + lineBreak + text.slice(to);
}

function addPair(yaml: YamlText, map: BlockMap, key: string, value: unknown): string | undefined {
  const first = map.items[0];
  const last = map.items.at(-1);
  if (!first || !last) return undefined;
  const text = yaml.text;
  if (map.flow) {
    const end = pairEnd(last);
    return `${text.slice(0, end)}, ${writeScalar(key)}: ${flow(value)}${text.slice(end)}`;
  }
  const column = yaml.column(first.key);
  const at = blockEnd(text, pairEnd(last));
  const body =
    value !== null && typeof value === 'object' && !isShort(value)
      ? `\n${indent(write(value), column + 2)}`
      : ` ${flow(value)}`;
  return `${text.slice(0, at)}\n${' '.repeat(column)}${writeScalar(key)}:${body}${text.slice(at)}`;
}

/** Removes a key with the comments behind it on its lines. */
export function unset(text: string, path: Path): string {
  const yaml = YamlText.of(text);
  const map = yaml.map(path.slice(0, -1));
  const pair = yaml.pair(path);
  let spliced: string | undefined;
  if (map && pair?.key.range && !map.flow && map.items.indexOf(pair) > 0) {
    const from = lineStart(text, pair.key.range[0]);
    const to = Math.min(text.length, blockEnd(text, pairEnd(pair)) + 1);
    spliced = text.slice(0, from) + text.slice(to);
  }
  return commit(yaml, spliced, doc => void doc.deleteIn(path));
}

export function removeItem(text: string, list: Path, index: number): string {
  const yaml = YamlText.of(text);
  const items = yaml.list(list);
  let spliced: string | undefined;
  if (items && !items.flow && items.items.length > 1) {
    const [from, to] = itemSpan(text, items, index);
    spliced = text.slice(0, from) + text.slice(to);
  }
  return commit(yaml, spliced, doc => void doc.deleteIn([...list, index]));
}

/** Adds an item at the end of a list; makes the list if there is none. */
export function addItem(text: string, list: Path, value: unknown): string {
  const yaml = YamlText.of(text);
  const items = yaml.list(list);
  const last = items?.items.at(-1);
  if (!items) return set(text, list, [value]);
  let spliced: string | undefined;
  if (last && !items.flow) {
    const at = blockEnd(text, nodeEnd(last));
    const [from] = itemSpan(text, items, items.items.length - 1);
    const dash = /^([ \t]*)-/m.exec(text.slice(from))?.[1]?.length ?? 0;
    spliced = `${text.slice(0, at)}\n${indent(write([value]), dash)}${text.slice(at)}`;
  }
  return commit(yaml, spliced, doc => {
    const node = doc.getIn(list, true);
    if (isSeq(node)) node.items.push(doc.createNode(value));
  });
}

/** Moves an item with its comments by one place, up (-1) or down (1). */
export function moveItem(text: string, list: Path, index: number, by: -1 | 1): string {
  const yaml = YamlText.of(text);
  const items = yaml.list(list);
  const upper = by < 0 ? index - 1 : index;
  if (!items || upper < 0 || upper + 1 >= items.items.length) return text;
  let spliced: string | undefined;
  if (!items.flow) {
    const [a, b] = itemSpan(text, items, upper);
    const [, c] = itemSpan(text, items, upper + 1);
    const [first, second] = [text.slice(a, b), text.slice(b, c)];
    const ended = second.endsWith('\n') ? second : `${second}\n`;
    spliced = text.slice(0, a) + ended + first + text.slice(c);
  }
  return commit(yaml, spliced, doc => {
    const node = doc.getIn(list, true);
    if (isSeq(node)) node.items.splice(upper, 2, node.items[upper + 1], node.items[upper]);
  });
}

/** From the comment lines above an item to those above the next one. */
function itemSpan(text: string, list: BlockList, index: number): [number, number] {
  const from = itemStart(text, list, index);
  const item = list.items[index];
  const end = item ? Math.min(text.length, blockEnd(text, nodeEnd(item)) + 1) : text.length;
  return [from, index + 1 < list.items.length ? itemStart(text, list, index + 1) : end];
}

function itemStart(text: string, list: BlockList, index: number): number {
  const begin = list.items[index]?.range?.[0] ?? 0;
  let start = lineStart(text, text.lastIndexOf('-', begin));
  while (start > 0) {
    const above = lineStart(text, start - 1);
    const line = text.slice(above, start);
    // A comment at the margin above the first item belongs to the list.
    if (!/^[ \t]*#/.test(line) || (index === 0 && !/^[ \t]+#/.test(line))) break;
    start = above;
  }
  return start;
}

function commit(before: YamlText, spliced: string | undefined, inDocument: InDocument): string {
  if (before.broken) throw new EditRefused('the text has errors; mend them first');
  const reference = parseDocument(before.text, { merge: true }) as Document.Parsed;
  inDocument(reference);
  const wanted: unknown = reference.toJS({ maxAliasCount: 10_000 });
  if (spliced !== undefined && holds(spliced, wanted)) return spliced;
  const rewritten = reference.toString({ lineWidth: 0, flowCollectionPadding: false });
  if (holds(rewritten, wanted)) return rewritten;
  throw new EditRefused('the edit would change other values too; make it in the YAML');
}

function holds(text: string, wanted: unknown): boolean {
  const probe = YamlText.of(text);
  return !probe.broken && same(probe.data(), wanted);
}

/** A list of plain values, short enough for one line. */
function isShort(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true;
  return (
    Array.isArray(value) && value.every(v => v === null || typeof v !== 'object') && flow(value).length < 100
  );
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(v => writeInFlow(v)).join(', ')}]`;
  return writeScalar(value);
}

function writeInFlow(value: unknown): string {
  const written = writeScalar(value);
  return /[,[\]{}]/.test(written) && !/^["']/.test(written) ? JSON.stringify(written) : written;
}
