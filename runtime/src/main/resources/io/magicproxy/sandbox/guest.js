// Our side of the wall in the guest: runs before the script, and is all that it sees of the host.
(function (now, random, ask, start, say) {
  'use strict';
  const { parse, stringify } = JSON;
  const json = value => stringify(value === undefined ? null : value) ?? 'null';

  // Clock and chance: the host's, so that a replay sees the same.
  const RealDate = Date;
  function FakeDate(...parts) {
    if (!new.target) {
      return new RealDate(now()).toString();
    }
    return Reflect.construct(RealDate, parts.length === 0 ? [now()] : parts, new.target);
  }
  Object.defineProperty(FakeDate, 'name', { value: 'Date' });
  Object.defineProperty(FakeDate, 'length', { value: 7 });
  FakeDate.prototype = RealDate.prototype;
  for (const [name, value] of Object.entries({ now: () => now(), parse: RealDate.parse, UTC: RealDate.UTC })) {
    Object.defineProperty(FakeDate, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(RealDate.prototype, 'constructor',
    { value: FakeDate, writable: true, configurable: true });
  globalThis.Date = FakeDate;
  Math.random = () => random();

  // Without a date these two show the real one.
  const format = Intl.DateTimeFormat.prototype;
  const bound = Object.getOwnPropertyDescriptor(format, 'format').get;
  Object.defineProperty(format, 'format', {
    configurable: true,
    get() {
      const real = bound.call(this);
      return date => real(date === undefined ? now() : date);
    },
  });
  const toParts = format.formatToParts;
  format.formatToParts = function formatToParts(date) {
    return toParts.call(this, date === undefined ? now() : date);
  };

  // Tells when garbage is collected, or how threads interleave.
  for (const name of ['WeakRef', 'FinalizationRegistry', 'Atomics', 'SharedArrayBuffer']) {
    delete globalThis[name];
  }

  class HostError extends Error {
    #code;
    constructor(code, message) {
      super(message);
      this.#code = code;
      this.code = code;
    }
    static codeOf(error) {
      return typeof error === 'object' && error !== null && #code in error ? error.#code : '';
    }
  }
  Object.defineProperty(HostError.prototype, 'name', { value: 'HostError' });

  // A reply is '=' and JSON, or '!', a code, a line's end and a message.
  const failed = reply => reply[0] === '!';
  const error = reply => {
    const end = reply.indexOf('\n');
    return new HostError(reply.slice(1, end), reply.slice(end + 1));
  };

  const waiting = new Map();
  const host = Object.freeze({
    call(op, value) {
      const reply = ask(String(op), json(value));
      if (failed(reply)) {
        throw error(reply);
      }
      return parse(reply.slice(1));
    },
    start(op, value) {
      return new Promise((resolve, reject) => {
        waiting.set(start(String(op), json(value)), { resolve, reject });
      });
    },
    tell(op, value) {
      say(String(op), json(value));
    },
  });

  const text = value => {
    if (typeof value === 'string') {
      return value;
    }
    if (value instanceof Error) {
      return String(value.stack ?? value);
    }
    try {
      return typeof value === 'object' ? (stringify(value) ?? String(value)) : String(value);
    } catch {
      return Object.prototype.toString.call(value);
    }
  };
  const print = (...values) => host.tell('print', values.map(text).join(' '));
  globalThis.console = Object.fromEntries(
    ['log', 'info', 'debug', 'warn', 'error', 'trace'].map(level => [level, print]));

  let state = 'running';
  let outcome;
  const end = (how, value) => {
    state = how;
    outcome = value;
  };

  return {
    begin(prelude, name, module, input) {
      const made = prelude[name](host, module, parse(input));
      if (made !== null && typeof made === 'object' && typeof made.then === 'function') {
        Promise.resolve(made).then(value => end('done', value), reason => end('failed', reason));
      } else {
        end('done', made);
      }
    },
    settle(id, reply) {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (failed(reply)) {
        reject(error(reply));
      } else {
        resolve(parse(reply.slice(1)));
      }
    },
    pending: () => waiting.size,
    state: () => state,
    result: () => json(outcome),
    rethrow() {
      throw outcome;
    },
    // An error's own constructors stand in its stack trace first.
    constructorsOf(error) {
      const names = [];
      for (let at = error; at instanceof Error && names.length < 20; at = Object.getPrototypeOf(at)) {
        names.push(String(at.constructor?.name));
      }
      return names.join(' ');
    },
    codeOf: HostError.codeOf,
  };
})
