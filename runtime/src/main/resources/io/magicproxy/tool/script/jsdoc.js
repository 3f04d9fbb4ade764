// Reads JSDoc comments and their types, as JSON Schema. An expression: what describe.js needs of it.
(() => {
  // Why a file is no tool, for its author.
  class Problem extends Error {
    constructor(message, line = 0, { file = '', about = '' } = {}) {
      super(message);
      this.told = { message, line, file, about };
    }
  }

  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

  const SCALARS = { string: 'string', number: 'number', boolean: 'boolean', bool: 'boolean', integer: 'integer', int: 'integer', null: 'null' };
  const ANY = new Set(['*', 'any', 'unknown', 'mixed']);
  const NOTHING = new Set(['undefined', 'void']);
  const TOKEN = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|[A-Za-z_$][\w$]*|\.\.\.|[^\s])/y;

  // One type, such as (string|number)[]; `known` are the file's own types, by name.
  class TypeReader {
    constructor(text, known) {
      this.text = text;
      this.known = known;
      this.tokens = [];
      TOKEN.lastIndex = 0;
      for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) this.tokens.push(match[1]);
      this.next = 0;
    }

    get token() {
      return this.tokens[this.next] ?? '';
    }

    take(...signs) {
      if (!signs.includes(this.token)) return '';
      return this.tokens[this.next++];
    }

    expect(sign) {
      if (!this.take(sign)) throw new Problem(`the type {${this.text}} has ${this.token ? `"${this.token}"` : 'its end'} where "${sign}" must be`);
    }

    // {schema, optional}: JSDoc writes both {string=} and {string|undefined}.
    whole() {
      const read = this.union();
      const optional = this.take('=') !== '' || read.optional;
      if (this.token) throw new Problem(`the type {${this.text}} can't be read from "${this.token}" on`);
      return { schema: read.schema, optional };
    }

    union() {
      this.take('|');
      const options = [];
      let optional = false;
      do {
        if (NOTHING.has(this.token)) {
          this.next++;
          optional = true;
        } else options.push(this.postfix());
      } while (this.take('|'));
      return { schema: either(options), optional };
    }

    postfix() {
      let schema = this.primary();
      while (this.take('[')) {
        this.expect(']');
        schema = listOf(schema);
      }
      return schema;
    }

    primary() {
      const token = this.take(this.token);
      if (token === '?') return either([this.postfix(), { type: 'null' }]);
      if (token === '!') return this.postfix();
      if (token === '(') return this.closed(this.union().schema, ')');
      if (token === '{') return this.record();
      if (token === '[') return this.tuple();
      if (/^["']/.test(token)) return { type: 'string', enum: [unquoted(token)] };
      if (/^-?\d/.test(token)) return { type: Number.isInteger(Number(token)) ? 'integer' : 'number', enum: [Number(token)] };
      if (token === 'true' || token === 'false') return { type: 'boolean', enum: [token === 'true'] };
      if (token === '...') throw new Problem(`{${this.text}}: a tool takes no rest arguments; take a list`);
      return this.named(token);
    }

    closed(schema, sign) {
      this.expect(sign);
      return schema;
    }

    named(name) {
      const given = this.generics();
      const lower = name.toLowerCase();
      if (ANY.has(name)) return {};
      if (Object.hasOwn(SCALARS, lower)) return { type: SCALARS[lower] };
      if (name === 'Array' || lower === 'array' || name === 'ReadonlyArray') return listOf(given[0] ?? {});
      if (lower === 'object' || name === 'Record') {
        const values = given.at(-1);
        return values === undefined || Object.keys(values).length === 0 ? { type: 'object' } : { type: 'object', additionalProperties: values };
      }
      if (Object.hasOwn(this.known, name)) return this.known[name]();
      throw new Problem(
        name === 'Date'
          ? `the type {${this.text}}: JSON has no dates; take a string`
          : `the type ${name || `{${this.text}}`} is not known; use string, number, integer, boolean, T[], 'a'|'b', Object<string, T>, {a: T}, or a @typedef of this file`,
      );
    }

    generics() {
      const given = [];
      this.take('.');
      if (this.take('<')) {
        do given.push(this.union().schema);
        while (this.take(','));
        this.expect('>');
      }
      return given;
    }

    tuple() {
      const items = [];
      while (this.token && this.token !== ']') {
        items.push(this.union().schema);
        if (!this.take(',')) break;
      }
      this.expect(']');
      return { type: 'array', prefixItems: items, items: false, minItems: items.length };
    }

    // {a: string, b?: number}, or {[key: string]: number}.
    record() {
      const fields = new Map();
      while (this.token && this.token !== '}') {
        if (this.take('[')) {
          while (this.token && this.token !== ']') this.next++;
          this.expect(']');
          this.expect(':');
          const values = this.union().schema;
          this.take(',', ';');
          return this.closed({ type: 'object', additionalProperties: values }, '}');
        }
        const name = this.take(this.token);
        const left = this.take('?') !== '';
        const read = this.take(':') ? this.union() : { schema: {}, optional: false };
        fields.set(/^["']/.test(name) ? unquoted(name) : name, { schema: read.schema, optional: left || read.optional });
        if (!this.take(',', ';') && this.token !== '}') break;
      }
      this.expect('}');
      return fields.size === 0 ? { type: 'object' } : objectOf(fields);
    }
  }

  const unquoted = (token) => token.slice(1, -1).replace(/\\(.)/g, '$1');
  const listOf = (items) => (Object.keys(items).length === 0 ? { type: 'array' } : { type: 'array', items });

  // 'a'|'b' is one enum; what takes anything takes all the rest.
  const either = (options) => {
    if (options.length === 0 || options.some((one) => Object.keys(one).length === 0)) return {};
    const isChoice = (one) => one.enum !== undefined && Object.keys(one).length === 2;
    const choices = options.filter(isChoice);
    const rest = options.filter((one) => !isChoice(one));
    for (const type of new Set(choices.map((one) => one.type))) {
      rest.push({ type, enum: choices.filter((one) => one.type === type).flatMap((one) => one.enum) });
    }
    const each = rest.filter((one, i) => rest.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === i);
    return each.length === 1 ? each[0] : { anyOf: each };
  };

  const objectOf = (fields) => {
    const properties = {};
    const required = [];
    for (const [name, { schema, optional }] of fields) {
      properties[name] = schema;
      if (!optional) required.push(name);
    }
    return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
  };

  // ---------------------------------------------------------------- comments

  // The comment's text and tags, each with its line.
  const read = (comment, firstLine) => {
    const found = { description: [], tags: [] };
    let into = found.description;
    comment
      .replace(/^\/\*\*/, '')
      .replace(/\*\/$/, '')
      .split('\n')
      .forEach((line, i) => {
        const text = line.replace(/^\s*\* ?/, '').trimEnd();
        const tag = /^\s*@(\w+)\s*(.*)$/.exec(text);
        if (tag === null) into.push(into === found.description ? text : text.trim());
        else if (/^desc(ription)?$/.test(tag[1])) (into = found.description).push(tag[2]);
        else {
          into = [tag[2]];
          found.tags.push({ tag: tag[1], lines: into, line: firstLine + i });
        }
      });
    return { description: found.description.join('\n').trim(), tags: found.tags.map((one) => ({ ...one, text: one.lines.join(' ').trim() })) };
  };

  // {type} [name=default] - text
  const param = ({ text, line }, known) => {
    let rest = text;
    let type = { schema: undefined, optional: false };
    if (rest.startsWith('{')) {
      const end = closing(rest, 0);
      type = at(line, () => new TypeReader(rest.slice(1, end).trim(), known).whole());
      rest = rest.slice(end + 1).trim();
    }
    let name = '';
    let standard;
    let optional = type.optional;
    if (rest.startsWith('[')) {
      const end = closing(rest, 0);
      const inside = rest.slice(1, end);
      const is = inside.indexOf('=');
      name = (is < 0 ? inside : inside.slice(0, is)).trim();
      standard = is < 0 ? undefined : inside.slice(is + 1).trim();
      optional = true;
      rest = rest.slice(end + 1);
    } else {
      name = /^\S*/.exec(rest)[0];
      rest = rest.slice(name.length);
    }
    // JSDoc writes the default of a text without quotes.
    const value = standard === undefined ? undefined : (literal(standard) ?? (type.schema?.type === 'string' ? standard : undefined));
    return { name, schema: type.schema, optional, value, text: rest.replace(/^\s*(?:-\s+|-$)?/, '').trim(), line };
  };

  // A problem of a type happened in this line.
  const at = (line, work) => {
    try {
      return work();
    } catch (error) {
      throw error instanceof Problem && error.told.line === 0 ? new Problem(error.message, line, error.told) : error;
    }
  };

  const PAIRS = { '{': '}', '[': ']', '(': ')' };

  // The place of the bracket that closes the one at `from`; strings are skipped.
  const closing = (text, from) => {
    const open = [];
    for (let i = from; i < text.length; i++) {
      const c = text[i];
      if (c === '"' || c === "'" || c === '`') {
        const end = quoteEnd(text, i);
        // An apostrophe in prose opens nothing.
        if (end > 0) i = end;
      } else if (PAIRS[c]) open.push(PAIRS[c]);
      else if (c === open.at(-1)) {
        open.pop();
        if (open.length === 0) return i;
      }
    }
    return text.length;
  };

  const quoteEnd = (text, from) => {
    for (let i = from + 1; i < text.length; i++) {
      if (text[i] === '\\') i++;
      else if (text[i] === text[from]) return i;
    }
    return -1;
  };

  // The value of a plain literal; undefined for all else, which only the function can tell.
  const literal = (text) => {
    for (const candidate of [text, text.replace(/'((?:[^'\\]|\\.)*)'/g, (_, inside) => JSON.stringify(inside))]) {
      try {
        return JSON.parse(candidate);
      } catch {
        // Not JSON.
      }
    }
    return undefined;
  };

  return { Problem, TypeReader, isObject, listOf, objectOf, read, param, at, closing, quoteEnd, literal };
})()
