// What a tool's function has as `tool`: an expression, for tool.js. See docs/tools.md.
(host, run, callId) => {
  const waits = Object.prototype.toString.call(run) === '[object AsyncFunction]';
  const ask = (op, value, made = (answer) => answer) =>
    waits ? host.start(op, value).then(made) : made(host.call(op, value));

  const fetched = ({ status, url, headers, text }) => ({
    status,
    ok: status >= 200 && status < 300,
    url,
    headers,
    text,
    json: () => JSON.parse(text),
  });

  let env;

  return Object.freeze({
    callId,
    get env() {
      return (env ??= Object.freeze(Object.assign(Object.create(null), host.call('env', {}))));
    },
    fetch: (url, options = {}) => ask('fetch', { url: String(url), options }, fetched),
    files: Object.freeze({ read: (path) => ask('read', { path: String(path) }) }),
    agent: (alias, query, options = {}) =>
      ask('agent', { alias: String(alias), query: String(query), options }),
    progress: (done, total = 0, message = '') =>
      host.tell('progress', { done: Number(done), total: Number(total), message: String(message) }),
    log: (text) => host.tell('log', typeof text === 'string' ? text : (JSON.stringify(text) ?? String(text))),
  });
}
