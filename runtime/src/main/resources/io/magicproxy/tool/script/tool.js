// The prelude of JavaScript tools: schema and run are the file's own.
(() => {
  const describe = (host, module) => {
    const schema = module.schema ?? module.SCHEMA;
    if (typeof module.run !== 'function' || typeof schema !== 'object' || schema === null) {
      throw new TypeError('a tool exports run(args) and schema: {description, parameters}');
    }
    return {
      description: String(schema.description ?? ''),
      parameters: schema.parameters ?? {},
      manifest: module.manifest ?? module.MANIFEST ?? {},
    };
  };

  const run = (host, module, input) => {
    Object.defineProperty(globalThis, 'tool', { value: powers(host, module.run), enumerable: true });
    return module.run(input);
  };

  return { describe, run };
})()
