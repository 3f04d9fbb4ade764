/** What the shipped typings tell of `ctx` and `tool`: the members of each type, for completion. */

export interface Member {
  name: string;
  /** As it is declared, on one line. */
  signature: string;
  doc: string;
  /** Of its value, if that is a type of the same file. */
  type: string;
}

export interface TypeInfo {
  bases: string[];
  members: Member[];
}

export type TypeTable = Map<string, TypeInfo>;

export const readTypings = (language: string, text: string): TypeTable =>
  language === 'python' ? readPython(text) : readTypeScript(text);

/** Own members first, then those of what it extends. */
export function membersOf(types: TypeTable, name: string, seen = new Set<string>()): Member[] {
  const info = types.get(name);
  if (!info || seen.has(name)) return [];
  seen.add(name);
  const own = new Set(info.members.map(member => member.name));
  const inherited = info.bases.flatMap(base => membersOf(types, base, seen));
  return [...info.members, ...inherited.filter(member => !own.has(member.name))];
}

/** The type at the end of a chain such as `ctx.state`, from the type of its first word. */
export function typeOfChain(types: TypeTable, root: string, chain: readonly string[]): string {
  return chain.reduce(
    (type, word) => membersOf(types, type).find(one => one.name === word)?.type ?? '',
    root,
  );
}

const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim();

function readTypeScript(text: string): TypeTable {
  const types: TypeTable = new Map();
  const heads = /^(?:export )?interface (\w+)(?:<[^>]*>)?(?: extends ([^{]+))? \{$/gm;
  for (const head of text.matchAll(heads)) {
    const body = text.slice(head.index + head[0].length + 1);
    const end = body.search(/^\}/m);
    types.set(head[1] ?? '', {
      bases: (head[2] ?? '')
        .split(',')
        .map(base => base.replace(/<.*/, '').trim())
        .filter(Boolean),
      members: typeScriptMembers(body.slice(0, end < 0 ? undefined : end)),
    });
  }
  return types;
}

function typeScriptMembers(body: string): Member[] {
  const found: Member[] = [];
  let doc = '';
  let declared = '';
  for (const line of body.split('\n')) {
    const comment = /^\s*\/\*\*\s*(.*?)\s*\*\/$/.exec(line);
    if (comment) {
      doc = comment[1] ?? '';
      continue;
    }
    declared += ` ${line.trim()}`;
    if (!declared.trimEnd().endsWith(';') || !balanced(declared)) continue;
    const member = /^\s*(?:readonly )?(\w+)\??(?=[<(:])/.exec(declared);
    const signature = tidy(declared).replace(/;$/, '');
    const type = /: (?:Promise<)?(\w+)>?$/.exec(signature)?.[1] ?? '';
    const known = found.findIndex(one => one.name === member?.[1]);
    // Of overloads the last one is the general one.
    if (known >= 0) found.splice(known, 1);
    if (member?.[1]) found.push({ name: member[1], signature, doc, type });
    doc = '';
    declared = '';
  }
  return found;
}

const balanced = (text: string): boolean =>
  [...text].reduce((depth, c) => depth + ('({['.includes(c) ? 1 : ')}]'.includes(c) ? -1 : 0), 0) <= 0;

function readPython(text: string): TypeTable {
  const types: TypeTable = new Map();
  for (const head of text.matchAll(/^class (\w+)(?:\(([^)]*)\))?:.*$/gm)) {
    const rest = text.slice(head.index + head[0].length + 1);
    const end = rest.search(/^\S/m);
    types.set(head[1] ?? '', {
      bases: (head[2] ?? '')
        .split(',')
        .map(base => base.trim())
        .filter(base => /^\w+$/.test(base)),
      members: pythonMembers(end < 0 ? rest : rest.slice(0, end)),
    });
  }
  return types;
}

function pythonMembers(body: string): Member[] {
  const found: Member[] = [];
  const declared =
    /^ {4}(?:async )?(?:def (\w+)\(([\s\S]*?)\)(?: -> ([^\n]+?))?:[^\n]*|(\w+): ([^\n]+))(?:\n {4,8}"""(.*?)""")?/gm;
  for (const match of body.matchAll(declared)) {
    const [, method, parameters = '', result = '', field, fieldType = '', doc = ''] = match;
    const name = method ?? field ?? '';
    if (name.startsWith('_') || found.some(one => one.name === name)) continue;
    const taken = tidy(parameters)
      .replace(/^self(, )?/, '')
      .replace(/,$/, '');
    const signature = method
      ? `${name}(${taken})${result ? ` -> ${result.trim()}` : ''}`
      : `${name}: ${fieldType}`;
    const type = /^(?:Awaitable\[)?(\w+)\]?$/.exec((method ? result : fieldType).trim())?.[1] ?? '';
    found.push({ name, signature, doc, type });
  }
  return found;
}
