"""The prelude of Python patterns: makes `ctx` of host calls. See docs/patterns.md."""
# Imports the standard library only where it is used: it costs each context tens of milliseconds.
_GENERATOR, _COROUTINE = 0x20, 0x80


def _is(function, kind):
    code = getattr(function, "__code__", None)
    return bool(code and code.co_flags & kind)


def _pick(module, *names):
    for name in names:
        if hasattr(module, name):
            return getattr(module, name)
    return None


def describe(host, module, input):
    manifest = _pick(module, "MANIFEST", "manifest") or {}
    if callable(_pick(module, "run")):
        return {"kind": "imperative", "manifest": manifest}
    structure = _pick(module, "get_prompt_structure", "getPromptStructure")
    if not callable(structure):
        raise TypeError("a pattern exports run(ctx) or get_prompt_structure()")
    return {"kind": "declarative", "manifest": manifest, "structure": structure()}


def _balanced(source, at):
    depth, quoted, i = 0, False, at
    while i < len(source):
        c = source[i]
        if quoted:
            if c == "\\":
                i += 1
            elif c == '"':
                quoted = False
        elif c == '"':
            quoted = True
        elif c in "{[":
            depth += 1
        elif c in "}]":
            depth -= 1
            if depth == 0:
                return i + 1
        i += 1
    return -1


def _read_json(text):
    import json
    import re

    source = str(text)
    for found in re.finditer(r"[\[{]", source):
        end = _balanced(source, found.start())
        if end > 0:
            piece = source[found.start() : end]
            for candidate in (piece, re.sub(r",(\s*[}\]])", r"\1", piece)):
                try:
                    return json.loads(candidate)
                except ValueError:
                    pass
    raise ValueError("the text holds no JSON: " + source[:200])


def _extract(name, text):
    import re

    tag = re.escape(str(name))
    found = re.search(
        r"<%s(?:\s[^>]*)?>([\s\S]*?)(?:</%s\s*>|$)" % (tag, tag), str(text), re.IGNORECASE
    )
    return found.group(1).strip() if found else None


def _vote(items):
    import json

    counts = {}
    for one in items:
        key = one.strip() if isinstance(one, str) else json.dumps(one, sort_keys=True)
        value, count = counts.get(key, (one, 0))
        counts[key] = (value, count + 1)
    winner, best = None, 0
    for value, count in counts.values():
        if count > best:
            winner, best = value, count
    return {"winner": winner, "count": best, "of": len(items)}


def _messages(prompt):
    return [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt


def _spec(spec):
    coroutine = hasattr(spec, "cr_code")
    if coroutine:
        spec.close()
    if callable(spec) or coroutine:
        raise TypeError(
            "a plain pattern cannot run functions side by side: give call specs such as "
            '{"llm": "…"}, {"tool": "name", "args": {…}} or {"agent": "alias", "query": "…"}, '
            "or make run async"
        )
    if isinstance(spec, dict):
        if "llm" in spec:
            return "llm", {"messages": _messages(spec["llm"]), "options": spec.get("options", {})}
        if "tool" in spec:
            return "tool", {"name": spec["tool"], "args": spec.get("args", {})}
        if "agent" in spec:
            return "agent", {
                "alias": spec["agent"],
                "query": spec.get("query", ""),
                "options": spec.get("options", {}),
            }
    raise TypeError("a call spec has one of llm, tool, agent")


class Dict(dict):
    """A dictionary whose items are attributes too."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _soft(value):
    if isinstance(value, dict):
        return Dict({k: _soft(v) for k, v in value.items()})
    if isinstance(value, list):
        return [_soft(v) for v in value]
    return value


class _State:
    def __init__(self, ask):
        self._ask = ask

    def get(self, key):
        return self._ask("state", {"do": "get", "key": key})

    def set(self, key, value):
        return self._ask("state", {"do": "set", "key": key, "value": value})

    def add(self, key, value):
        return self._ask("state", {"do": "add", "key": key, "value": value})

    def append(self, key, value):
        return self._ask("state", {"do": "append", "key": key, "value": value})

    def all(self):
        return self._ask("state", {"do": "all"})


class Ctx:
    """What a pattern has: its input, its calls, its watchers."""

    vote = staticmethod(_vote)
    extract = staticmethod(_extract)
    json = staticmethod(_read_json)

    def __init__(self, host, input, is_async, prefix):
        self._host, self._input, self._async, self._prefix = host, input, is_async, prefix
        self._calls = self._sayings = 0
        for name, value in input.items():
            setattr(self, name, _soft(value))
        self.state = _State(self._ask)

    def _next(self):
        self._calls += 1
        return self._prefix + str(self._calls)

    def _ask(self, op, value):
        request = {"path": self._next(), **value}
        return self._host.start(op, request) if self._async else self._host.call(op, request)

    def _say(self, op, value):
        self._sayings += 1
        self._host.tell(op, {"path": self._prefix, "n": self._sayings, **value})

    def _branch(self, at, i):
        return Ctx(self._host, self._input, self._async, "%s:%d:" % (at, i))

    def llm(self, prompt, options=None, **more):
        return self._ask("llm", {"messages": _messages(prompt), "options": {**(options or {}), **more}})

    # A tool may well have an argument called name.
    def tool(self, name, /, args=None, **more):
        return self._ask("tool", {"name": name, "args": {**(args or {}), **more}})

    def agent(self, alias, query, options=None, **more):
        return self._ask(
            "agent", {"alias": alias, "query": query, "options": {**(options or {}), **more}}
        )

    def react(self, options=None, **more):
        return self._ask("react", {"options": {**(options or {}), **more}})

    def sleep(self, ms):
        return self._ask("sleep", {"ms": ms})

    @property
    def budget(self):
        return self._ask("budget", {})

    def parallel(self, calls, concurrency=None):
        if self._async:
            return self._branches(
                [_taking(one) if callable(one) else (lambda c, s=one: c.spec(s)) for one in calls],
                concurrency,
            )
        return self._specs([_spec(one) for one in calls], concurrency)

    def map(self, items, fn, concurrency=None):
        if self._async:
            return self._branches([_taking(fn, x) for x in items], concurrency)
        return self._specs([_spec(fn(x)) for x in items], concurrency)

    def _specs(self, specs, concurrency):
        calls = [{"op": op, **value} for op, value in specs]
        return self._ask("parallel", {"calls": calls, "concurrency": concurrency or 0})

    async def _branches(self, makers, concurrency):
        at = self._next()
        coroutines = [make(self._branch(at, i)) for i, make in enumerate(makers)]
        return await self._host.gather(coroutines, concurrency or len(coroutines))

    def spec(self, spec):
        op, value = _spec(spec)
        return self._ask(op, value)

    def thought(self, text):
        self._say("thought", {"text": str(text)})

    def step(self, title):
        self._say("step", {"title": str(title)})

    def emit(self, name, data=None):
        self._say("emit", {"name": str(name), "data": data})

    def answer(self, text):
        self._say("answer", {"text": str(text)})

    def now(self):
        import time

        return int(time.time() * 1000)

    def random(self):
        import random

        return random.random()


def _needed(fn):
    """How many arguments a call of it must give."""
    plain = getattr(fn, "__func__", fn)
    code = getattr(plain, "__code__", None)
    if code is not None and not hasattr(plain, "__wrapped__"):
        return code.co_argcount - len(plain.__defaults__ or ()) - (plain is not fn)
    import inspect

    return len([
        p
        for p in inspect.signature(fn).parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ])


def _taking(fn, *given):
    """A function may take the branch's own ctx as its last argument."""
    needed = _needed(fn)
    return lambda c: fn(*given, c) if needed > len(given) else fn(*given)


async def _drive(generator):
    value, error = None, None
    while True:
        try:
            asked = generator.throw(error) if error else generator.send(value)
        except StopIteration as end:
            return end.value
        value, error = None, None
        try:
            value = await asked
        except Exception as e:
            error = e


def run(host, module, input):
    if _is(module.run, _GENERATOR):
        return _drive(module.run(Ctx(host, input, True, "")))
    return module.run(Ctx(host, input, _is(module.run, _COROUTINE), ""))
