// The prelude of JavaScript tools: calls the tool's function. `call` is what describe.js found out about it.
(() => {
  const run = (host, module, { call, arguments: given, call_id }) => {
    const f = module[call.function];
    const tool = powers(host, f, call_id);
    Object.defineProperty(globalThis, 'tool', { value: tool, enumerable: true });
    if (call.style === 'object') return f(given, tool);
    return f(...call.names.map((name) => (name === 'tool' ? tool : given[name])));
  };

  return { run };
})()
