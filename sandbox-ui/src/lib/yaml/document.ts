import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { keyName } from './text.ts';

export type Path = readonly (string | number)[];
export type BlockMap = YAMLMap<Node, Node | null>;
export type BlockList = YAMLSeq<Node>;

/** A value, and whether it stands there or comes from an anchor. */
export interface Cell {
  value: unknown;
  origin: 'own' | 'inherited' | 'none';
  /** `*anchor`, or `<<` for a map that is merged in place. */
  from?: string;
}

export interface Span {
  line: number;
  col: number;
  endCol?: number;
}

export interface Problem extends Span {
  message: string;
  path?: string;
  severity: 'error' | 'warning';
}

/** A YAML text, read without changing it: values with their origin and place, anchors and merges followed. */
export class YamlText {
  readonly doc: Document.Parsed;
  private readonly lines = new LineCounter();
  private plain: unknown;

  /** Reading a long text takes a while, and an edit and the page look at the same few texts. */
  static of(text: string): YamlText {
    const known = latest.find(one => one.text === text);
    latest = [known ?? new YamlText(text), ...latest.filter(one => one !== known)].slice(0, 3);
    return latest[0] as YamlText;
  }

  constructor(readonly text: string) {
    this.doc = parseDocument(text, { merge: true, lineCounter: this.lines }) as Document.Parsed;
  }

  problems(): Problem[] {
    const told = [
      ...this.doc.errors.map(e => ({ e, severity: 'error' as const })),
      ...this.doc.warnings.map(e => ({ e, severity: 'warning' as const })),
    ];
    return told.map(({ e, severity }) => {
      const { line, col } = this.lines.linePos(e.pos[0]);
      const message = (e.message.split('\n')[0] ?? '').replace(/ at line \d.*$/, '');
      return { line, col, message, severity };
    });
  }

  get broken(): boolean {
    return this.doc.errors.length > 0;
  }

  /** As plain data; undefined while the text is broken. */
  data(): unknown {
    if (this.broken) return undefined;
    return (this.plain ??= this.doc.toJS({ maxAliasCount: 10_000 }));
  }

  node(path: Path): Node | undefined {
    const node = path.length === 0 ? this.doc.contents : this.doc.getIn(path, true);
    return isNode(node) ? node : undefined;
  }

  map(path: Path): BlockMap | undefined {
    const node = this.node(path);
    return isMap(node) ? (node as BlockMap) : undefined;
  }

  list(path: Path): BlockList | undefined {
    const node = this.node(path);
    return isSeq(node) ? (node as BlockList) : undefined;
  }

  pair(path: Path): Pair<Node, Node | null> | undefined {
    return this.map(path.slice(0, -1))?.items.find(pair => keyName(pair.key) === path.at(-1));
  }

  column(node: Node): number {
    return this.lines.linePos(node.range?.[0] ?? 0).col - 1;
  }

  span(path: Path): Span {
    const range = this.node(path)?.range ?? this.pair(path)?.key.range;
    if (!range) return path.length > 1 ? this.span(path.slice(0, -1)) : { line: 1, col: 1 };
    const from = this.lines.linePos(range[0]);
    const to = this.lines.linePos(range[1]);
    return { line: from.line, col: from.col, ...(to.line === from.line ? { endCol: to.col } : {}) };
  }

  cell(path: Path): Cell {
    const map = this.node(path.slice(0, -1));
    const key = path.at(-1);
    if (!isMap(map)) return { value: undefined, origin: 'none' };
    const own = (map as BlockMap).items.find(pair => keyName(pair.key) === key);
    if (!own) return this.merged(map as BlockMap, key) ?? { value: undefined, origin: 'none' };
    if (isAlias(own.value))
      return {
        value: this.js(own.value.resolve(this.doc)),
        origin: 'inherited',
        from: `*${own.value.source}`,
      };
    return { value: this.js(own.value), origin: 'own' };
  }

  /** The keys of a map, merged ones too. */
  keys(path: Path): string[] {
    const found = new Set<string>();
    const walk = (map: unknown) => {
      if (!isMap(map)) return;
      for (const pair of (map as BlockMap).items) {
        if (isMerge(pair)) sources(pair).forEach(source => walk(this.resolve(source)));
        else found.add(String(keyName(pair.key)));
      }
    };
    walk(this.node(path));
    return [...found];
  }

  private merged(map: BlockMap, key: unknown): Cell | undefined {
    for (const source of map.items.filter(isMerge).flatMap(sources)) {
      const target = this.resolve(source);
      if (!isMap(target)) continue;
      const from = isAlias(source) ? `*${source.source}` : '<<';
      const own = (target as BlockMap).items.find(pair => keyName(pair.key) === key);
      if (own) return { value: this.js(own.value), origin: 'inherited', from };
      const deeper = this.merged(target as BlockMap, key);
      if (deeper) return deeper;
    }
    return undefined;
  }

  private resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.doc) : node;
  }

  private js(node: unknown): unknown {
    return isNode(node) ? node.toJS(this.doc) : node;
  }
}

let latest: YamlText[] = [];

const isMerge = (pair: Pair<Node, Node | null>): boolean => {
  const key = keyName(pair.key);
  return key === '<<' || typeof key === 'symbol' || (isScalar(pair.key) && pair.key.source === '<<');
};

const sources = (pair: Pair<Node, Node | null>): unknown[] =>
  isSeq(pair.value) ? pair.value.items : [pair.value];
