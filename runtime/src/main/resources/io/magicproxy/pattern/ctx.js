// The prelude of JavaScript patterns: makes `ctx` of host calls. See docs/patterns.md.
(() => {
  const kindOf = (f) => Object.prototype.toString.call(f).slice(8, -1);

  const pick = (module, ...names) => {
    for (const name of names) if (module[name] !== undefined) return module[name];
    return undefined;
  };

  const describe = (host, module) => {
    const manifest = pick(module, 'manifest', 'MANIFEST') ?? {};
    const run = pick(module, 'run');
    if (typeof run === 'function') return { kind: 'imperative', manifest };
    const structure = pick(module, 'getPromptStructure', 'get_prompt_structure');
    if (typeof structure !== 'function') {
      throw new TypeError('a pattern exports run(ctx) or getPromptStructure()');
    }
    return { kind: 'declarative', manifest, structure: structure() };
  };

  const json = (text) => {
    const source = String(text);
    for (let at = source.search(/[[{]/); at >= 0; ) {
      const end = balanced(source, at);
      if (end > 0) {
        const piece = source.slice(at, end);
        for (const candidate of [piece, piece.replace(/,(\s*[}\]])/g, '$1')]) {
          try {
            return JSON.parse(candidate);
          } catch {
            // Perhaps the next brace begins it.
          }
        }
      }
      const next = source.slice(at + 1).search(/[[{]/);
      at = next < 0 ? -1 : at + 1 + next;
    }
    throw new Error('the text holds no JSON: ' + source.slice(0, 200));
  };

  const balanced = (source, at) => {
    let depth = 0;
    let quoted = false;
    for (let i = at; i < source.length; i++) {
      const c = source[i];
      if (quoted) {
        if (c === '\\') i++;
        else if (c === '"') quoted = false;
      } else if (c === '"') quoted = true;
      else if (c === '{' || c === '[') depth++;
      else if ((c === '}' || c === ']') && --depth === 0) return i + 1;
    }
    return -1;
  };

  const extract = (name, text) => {
    const tag = String(name).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const found = new RegExp('<' + tag + '(?:\\s[^>]*)?>([\\s\\S]*?)(?:</' + tag + '\\s*>|$)', 'i').exec(String(text));
    return found ? found[1].trim() : null;
  };

  // Equal objects are equal whatever the order of their keys.
  const canonical = (key, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;

  const vote = (list) => {
    const counts = new Map();
    for (const one of list) {
      const key = typeof one === 'string' ? one.trim() : JSON.stringify(one, canonical);
      const seen = counts.get(key) ?? { value: one, count: 0 };
      seen.count++;
      counts.set(key, seen);
    }
    let best = { value: null, count: 0 };
    for (const seen of counts.values()) if (seen.count > best.count) best = seen;
    return { winner: best.value, count: best.count, of: list.length };
  };

  const messages = (prompt) => (typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt);

  const specOf = (spec) => {
    if (spec && spec.llm !== undefined) return { op: 'llm', messages: messages(spec.llm), options: spec.options ?? {} };
    if (spec && spec.tool !== undefined) return { op: 'tool', name: spec.tool, args: spec.args ?? {} };
    if (spec && spec.agent !== undefined) {
      return { op: 'agent', alias: spec.agent, query: spec.query ?? '', options: spec.options ?? {} };
    }
    if (typeof spec === 'function' || typeof spec?.then === 'function') {
      throw new TypeError(
        'a plain pattern cannot run functions side by side: give call specs such as {llm: "…"}, {tool: "name", args: {…}} or {agent: "alias", query: "…"}, or make run async'
      );
    }
    throw new TypeError('a call spec has one of llm, tool, agent');
  };

  const context = (host, input, async, prefix) => {
    let calls = 0;
    let sayings = 0;
    const next = () => prefix + ++calls;
    const ask = (op, value) => {
      const request = { path: next(), ...value };
      return async ? host.start(op, request) : host.call(op, request);
    };
    const say = (op, value) => host.tell(op, { path: prefix, n: ++sayings, ...value });
    const branch = (at, i) => context(host, input, async, at + ':' + i + ':');

    const state = {
      get: (key) => ask('state', { do: 'get', key }),
      set: (key, value) => ask('state', { do: 'set', key, value }),
      add: (key, value) => ask('state', { do: 'add', key, value }),
      append: (key, value) => ask('state', { do: 'append', key, value }),
      all: () => ask('state', { do: 'all' }),
    };

    const branches = async (makers, concurrency) => {
      const at = next();
      const results = new Array(makers.length);
      let begun = 0;
      const lane = async () => {
        while (begun < makers.length) {
          const i = begun++;
          results[i] = await makers[i](branch(at, i));
        }
      };
      const lanes = Math.max(1, Math.min(concurrency || makers.length, makers.length));
      await Promise.all(Array.from({ length: lanes }, lane));
      return results;
    };

    return {
      ...input,
      llm: (prompt, options = {}) => ask('llm', { messages: messages(prompt), options }),
      tool: (name, args = {}) => ask('tool', { name, args }),
      agent: (alias, query, options = {}) => ask('agent', { alias, query, options }),
      react: (options = {}) => ask('react', { options }),
      sleep: (ms) => ask('sleep', { ms }),
      state,
      get budget() {
        return ask('budget', {});
      },
      parallel: (list, { concurrency } = {}) =>
        async
          ? branches(
              list.map((one) =>
                typeof one === 'function' ? one : (c) => c.spec(one)
              ),
              concurrency
            )
          : ask('parallel', { calls: list.map(specOf), concurrency: concurrency ?? 0 }),
      map: (items, fn, { concurrency } = {}) =>
        async
          ? branches(Array.from(items, (item, i) => (c) => fn(item, i, c)), concurrency)
          : ask('parallel', {
              calls: Array.from(items, (item, i) => specOf(fn(item, i))),
              concurrency: concurrency ?? 0,
            }),
      /** One call by its spec. */
      spec: (spec) => {
        const { op, ...value } = specOf(spec);
        return ask(op, value);
      },
      thought: (text) => say('thought', { text: String(text) }),
      step: (title) => say('step', { title: String(title) }),
      emit: (name, data = null) => say('emit', { name: String(name), data }),
      answer: (text) => say('answer', { text: String(text) }),
      now: () => Date.now(),
      random: () => Math.random(),
      vote,
      extract,
      json,
    };
  };

  const drive = async (generator) => {
    let step = generator.next();
    while (!step.done) {
      try {
        step = generator.next(await step.value);
      } catch (error) {
        step = generator.throw(error);
      }
    }
    return step.value;
  };

  const run = (host, module, input) => {
    const kind = kindOf(module.run);
    if (kind === 'GeneratorFunction') return drive(module.run(context(host, input, true, '')));
    return module.run(context(host, input, kind === 'AsyncFunction', ''));
  };

  return { describe, run };
})()
