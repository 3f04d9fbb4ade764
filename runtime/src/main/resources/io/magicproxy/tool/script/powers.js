// What a tool's script has as `tool` while it is called. See docs/tools.md.
(host, run) => {
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

  let about;
  const known = () => {
    if (about === undefined) {
      const { env, call_id } = host.call('about', {});
      about = { env: Object.freeze(Object.assign(Object.create(null), env)), call_id };
    }
    return about;
  };

  return Object.freeze({
    get env() {
      return known().env;
    },
    get callId() {
      return known().call_id;
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
