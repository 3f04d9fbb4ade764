// The prelude that asks a JavaScript tool's file what tool it is. See docs/tools.md. A function of what jsdoc.js gives.
(jsdoc) => {
  const { Problem, TypeReader, isObject, listOf, objectOf, read, param, at, closing, quoteEnd, literal } = jsdoc;

  const describe = (host, module, input) => {
    try {
      return described(module, input);
    } catch (error) {
      if (error instanceof Problem) return { problem: error.told };
      throw error;
    }
  };

  const described = (module, { name, files }) => {
    const manifest = exported(module, 'manifest', 'MANIFEST') ?? {};
    const given = exported(module, 'schema', 'SCHEMA');
    const key = entry(module, name, files);
    const place = placeOf(module[key], files);
    const taken = place === undefined ? [] : parametersOf(place);
    const docs = docsOf(place, files);
    const own = taken.filter((one, i) => one.name !== 'tool' && !isToolTakenApart(taken, i));
    const call = { function: key, names: taken.map((one) => one.name ?? ''), tool: own.length < taken.length };
    if (given !== undefined) {
      const { description, parameters } = explicit(given);
      call.style = styleFor(parameters, own, place);
      return { description: description || docs.description, parameters, call, manifest };
    }
    if (place === undefined) throw new Problem(`${key}: its source is not in the file; export the function itself, or a schema`, 1);
    call.style = isOneObject(own, docs) ? 'object' : 'names';
    const parameters = call.style === 'object' ? ofObject(own[0], docs, place) : ofNames(own, docs, place);
    return { description: docs.description, parameters, call, manifest };
  };

  // run({ text }, { callId })
  const isToolTakenApart = ([first], i) => i === 1 && (first.members !== undefined || first.name === 'args');

  const exported = (module, ...names) => {
    const name = names.find((one) => module[one] !== undefined && typeof module[one] !== 'function');
    if (name === undefined) return undefined;
    if (!isObject(module[name])) throw new Problem(`${name} must be an object`, 0, { about: name });
    return module[name];
  };

  const explicit = (given) => {
    const name = ['parameters', 'inputSchema', 'input_schema'].find((one) => isObject(given[one]));
    return { description: String(given.description ?? ''), parameters: name === undefined ? given : given[name] };
  };

  // ---------------------------------------------------------------- which function it is

  const entry = (module, name, files) => {
    const functions = Object.keys(module).filter((one) => typeof module[one] === 'function' && !one.startsWith('_'));
    const lower = name.replace(/-/g, '_');
    const camel = lower.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    const key = ['run', 'default', lower, camel].find((one) => functions.includes(one)) ?? functions[0];
    if (key === undefined) {
      throw new Problem(`no function is exported: write export function run(text) { … } under a JSDoc comment that says what it does and takes`, 1);
    }
    const line = (one) => placeOf(module[one], files)?.line ?? 1;
    if (functions.length > 1 && key === functions[0] && !['run', 'default', lower, camel].includes(key)) {
      const listed = functions.map((one) => `${one} (line ${line(one)})`).join(', ');
      throw new Problem(`which function is the tool? Exported are ${listed}: call one of them run, or don't export the others`, line(functions[1]));
    }
    if (/Generator/.test(Object.prototype.toString.call(module[key]))) {
      throw new Problem(`${key} is a generator: a tool has one result; return it instead of yield`, line(key));
    }
    if (/^class\b/.test(String(module[key]))) throw new Problem(`${key} is a class: export a function`, line(key));
    return key;
  };

  const lineAt = (text, index) => text.slice(0, index).split('\n').length;

  // Where the function's text stands; with its comment, if one of the places has one.
  const placeOf = (f, files) => {
    const text = String(f);
    const places = [];
    for (const [file, source] of Object.entries(files)) {
      for (let i = source.indexOf(text); i >= 0; i = source.indexOf(text, i + 1)) {
        places.push({ file, text, line: lineAt(source, i), comment: commentBefore(source, i) });
      }
    }
    return places.find((one) => one.comment !== undefined) ?? places[0];
  };

  const commentBefore = (source, index) => {
    const before = source
      .slice(0, index)
      .replace(/(?:\bexport\s+)?(?:\bdefault\s+)?(?:\b(?:const|let|var)\s+[\w$]+\s*=\s*\(?\s*)?$/, '')
      .replace(/(?:\n[ \t]*\/\/[^\n]*|\s)*$/, '');
    const from = before.lastIndexOf('/**');
    if (from < 0 || before.indexOf('*/', from) !== before.length - 2) return undefined;
    return { text: before.slice(from), line: lineAt(source, from) };
  };

  // ---------------------------------------------------------------- what it takes, by its own text

  const withoutComments = (text) => {
    let kept = '';
    for (let i = 0; i < text.length; i++) {
      const end = /["'`]/.test(text[i]) ? quoteEnd(text, i) : -1;
      if (end > 0) {
        kept += text.slice(i, end + 1);
        i = end;
      } else if (text.startsWith('//', i)) i = Math.max(i, text.indexOf('\n', i) - 1);
      else if (text.startsWith('/*', i)) i = text.indexOf('*/', i) + 1;
      else kept += text[i];
    }
    return kept;
  };

  const parametersOf = ({ text, file, line }) => {
    const code = withoutComments(text);
    const arrow = /^(?:async\s+)?([A-Za-z_$][\w$]*)\s*=>/.exec(code);
    if (arrow !== null) return [{ name: arrow[1] }];
    const from = code.indexOf('(');
    return at(line, () => parts(code.slice(from + 1, closing(code, from))).map((one) => parameter(one, file)));
  };

  const parameter = (text, file) => {
    const [target, standard] = halves(text);
    const optional = standard !== undefined;
    if (target.startsWith('{')) return { members: parts(target.slice(1, closing(target, 0))).map(member), optional };
    if (!/^[\w$]+$/.test(target)) {
      throw new Problem(`a tool's arguments have names: ${text} can't be given; declare each by its name`, 0, { file });
    }
    return { name: target, optional, value: optional ? literal(standard) : undefined };
  };

  const member = (text) => {
    const [target, standard] = halves(text);
    const name = /^(["']?)(.*?)\1\s*(?::|$)/.exec(target)[2];
    return { name, rest: target.startsWith('...'), optional: standard !== undefined, value: standard === undefined ? undefined : literal(standard) };
  };

  // At the commas outside of all brackets.
  const parts = (text) => {
    const found = [];
    let from = 0;
    for (let i = 0; i <= text.length; i++) {
      if (/[{[(]/.test(text[i] ?? '')) i = closing(text, i);
      else if (/["'`]/.test(text[i] ?? '')) i = Math.max(i, quoteEnd(text, i));
      else if (i >= text.length || text[i] === ',') {
        found.push(text.slice(from, i).trim());
        from = i + 1;
      }
    }
    return found.filter((one) => one !== '');
  };

  // At the = of the default.
  const halves = (text) => {
    for (let i = 0; i < text.length; i++) {
      if (/[{[(]/.test(text[i])) i = closing(text, i);
      else if (text[i] === '=' && !/[=>]/.test(text[i + 1] ?? '')) return [text.slice(0, i).trim(), text.slice(i + 1).trim()];
    }
    return [text.trim(), undefined];
  };

  // ---------------------------------------------------------------- what it takes, by its comment

  const docsOf = (place, files) => {
    if (place?.comment === undefined) return { description: '', params: [] };
    const known = typesOf(files);
    const { description, tags } = read(place.comment.text, place.comment.line);
    const params = tags.filter((one) => /^(?:param|arg|argument)$/.test(one.tag)).map((one) => at(one.line, () => param(one, known)));
    const returned = tags.find((one) => /^returns?$/.test(one.tag))?.text.replace(/^\{[^}]*\}+\s*(?:-\s+)?/, '') ?? '';
    return { description: returned === '' ? description : `${description}\nReturns: ${returned}`.trim(), params };
  };

  // The @typedefs of the files, read when they are used.
  const typesOf = (files) => {
    const known = {};
    for (const source of Object.values(files)) {
      for (const match of source.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
        const { tags } = read(match[0], lineAt(source, match.index));
        const typedef = tags.find((one) => one.tag === 'typedef');
        if (typedef !== undefined) {
          const [name] = typedef.text.slice(typeEnd(typedef.text)).trim().split(/\s/);
          known[name] = guarded(name, () => typeOf(typedef, tags, known));
        }
      }
    }
    return known;
  };

  const typeOf = (typedef, tags, known) => {
    const fields = tags.filter((one) => /^prop(?:erty)?$/.test(one.tag)).map((one) => at(one.line, () => param(one, known)));
    if (fields.length > 0) return objectOf(tree(fields.map((one) => ({ ...one, name: `.${one.name}` })), ''));
    return at(typedef.line, () => new TypeReader(typedef.text.slice(1, typeEnd(typedef.text) - 1), known).whole().schema);
  };

  const typeEnd = (text) => (text.startsWith('{') ? closing(text, 0) + 1 : 0);

  const guarded = (name, make) => {
    let busy = false;
    return () => {
      if (busy) throw new Problem(`the type ${name} holds itself; export a schema, which can say so with $ref`);
      busy = true;
      try {
        return make();
      } finally {
        busy = false;
      }
    };
  };

  const field = (doc, coded = {}) => {
    const value = coded.value ?? doc?.value;
    const guess = { string: 'string', number: 'number', boolean: 'boolean' }[typeof value];
    const schema = { ...(doc?.schema ?? (guess === undefined ? {} : { type: guess })) };
    if (doc?.text) schema.description = doc.text;
    if (value !== undefined && value !== null) schema.default = value;
    return { schema, optional: Boolean(coded.optional || doc?.optional) };
  };

  // The fields below a name: args.x, args.x.y, args.list[].z.
  const tree = (docs, above) => {
    const fields = new Map();
    for (const doc of docs) {
      const name = doc.name.startsWith(`${above}.`) ? doc.name.slice(above.length + 1) : '';
      if (name === '' || /\./.test(name)) continue;
      const bare = name.replace(/\[\]$/, '');
      const made = field(doc);
      for (const inner of [`${above}.${bare}`, `${above}.${bare}[]`]) {
        if (docs.some((one) => one.name.startsWith(`${inner}.`))) {
          const list = inner.endsWith('[]') || made.schema.type === 'array';
          const { description } = made.schema;
          made.schema = { ...(list ? listOf(objectOf(tree(docs, inner))) : objectOf(tree(docs, inner))), ...(description && { description }) };
        }
      }
      fields.set(bare, made);
    }
    return fields;
  };

  const isOneObject = (own, { params }) => {
    if (own.length !== 1) return false;
    const [{ name, members }] = own;
    if (members !== undefined || params.some((one) => one.name.startsWith(`${name}.`))) return true;
    const type = params.find((one) => one.name === name)?.schema?.type;
    return name === 'args' && (type === undefined || type === 'object');
  };

  const ofObject = ({ name, members }, { params }, { file, line }) => {
    const inner = (one) => params.some((other) => other.name.startsWith(`${one.name}.`));
    const root =
      params.find((one) => one.name === name) ??
      params.find((one) => !one.name.includes('.') && (inner(one) || one.schema?.type === 'object') && !members?.some((m) => m.name === one.name));
    const above = root?.name ?? name ?? params.find((one) => one.name.includes('.'))?.name.split('.')[0] ?? '';
    const whole = root?.schema ?? {};
    const fields = new Map();
    for (const [key, schema] of Object.entries(whole.properties ?? {})) {
      fields.set(key, { schema, optional: !(whole.required ?? []).includes(key) });
    }
    tree(params, above).forEach((made, key) => fields.set(key, made));
    if (members === undefined) {
      if (fields.size > 0) return objectOf(fields);
      if (whole.additionalProperties) return whole;
      throw new Problem(
        `${name} doesn't say what it holds: document its fields (@param {string} ${name}.text - …), destructure it, or export a schema`,
        line,
        { file },
      );
    }
    return destructured(members, fields, params.filter((one) => one !== root && !one.name.includes('.')), { file, params, above });
  };

  const destructured = (members, fields, flat, { file, params, above }) => {
    const open = members.some((one) => one.rest);
    const names = members.filter((one) => !one.rest).map((one) => one.name);
    for (const doc of flat) {
      if (doc.name !== 'tool') fields.set(doc.name, field(doc));
    }
    for (const key of fields.keys()) {
      if (!names.includes(key) && !open) {
        const doc = params.find((one) => one.name === key || one.name === `${above}.${key}`);
        throw new Problem(`the comment describes ${key}, which the function doesn't take; it takes ${names.join(', ') || 'nothing'}`, doc?.line ?? 0, { file });
      }
    }
    const all = new Map();
    for (const one of members) {
      if (one.rest) continue;
      const said = fields.get(one.name);
      const made = field({ schema: said?.schema, optional: said?.optional }, one);
      all.set(one.name, made);
    }
    fields.forEach((made, key) => all.has(key) || all.set(key, made));
    const made = objectOf(all);
    return open ? { ...made, additionalProperties: true } : made;
  };

  const ofNames = (own, { params }, { file, line }) => {
    const strange = own.find((one) => one.members !== undefined);
    if (strange !== undefined) {
      throw new Problem(`a tool takes one object, or arguments by their names, and perhaps tool: name each, or put all into the object`, line, { file });
    }
    const fields = new Map();
    const docs = tree(params.map((one) => ({ ...one, name: `.${one.name}` })), '');
    for (const key of docs.keys()) {
      if (key !== 'tool' && !own.some((one) => one.name === key)) {
        const known = own.map((one) => one.name).join(', ') || 'nothing';
        const doc = params.find((one) => one.name === key);
        throw new Problem(`the comment describes ${key}, which the function doesn't take; it takes ${known}`, doc?.line ?? line, { file });
      }
    }
    for (const one of own) {
      const said = docs.get(one.name);
      fields.set(one.name, field({ schema: said?.schema, optional: said?.optional }, one));
    }
    return objectOf(fields);
  };

  const styleFor = ({ properties = {} }, own, place) => {
    if (own.length === 0 || (own.length === 1 && (own[0].members !== undefined || !Object.hasOwn(properties, own[0].name)))) return 'object';
    const named = own.map((one) => one.name ?? '{…}');
    const strange = [...named.filter((one) => !Object.hasOwn(properties, one)), ...Object.keys(properties).filter((one) => !named.includes(one))];
    if (strange.length > 0) {
      throw new Problem(`the function and its schema differ in ${strange.join(', ')}: give both the same names, or take one object`, place.line, place);
    }
    return 'names';
  };

  return { describe };
}
