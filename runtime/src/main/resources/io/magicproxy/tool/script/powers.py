

# What a tool's function has as `tool`, for tool.py. See docs/tools.md.
# Imports nothing that isn't built in: the standard library costs tens of milliseconds a call.
_COROUTINE = 0x80


class Fetched:
    """An answer; header names are in small letters."""

    def __init__(self, answer):
        self.status = answer["status"]
        self.ok = 200 <= self.status < 300
        self.url = answer["url"]
        self.headers = answer["headers"]
        self.text = answer["text"]

    def json(self):
        import json

        return json.loads(self.text)


class _Later:
    """An answer that is on its way, whether or not somebody awaits it."""

    def __init__(self, future, made):
        self._future, self._made = future, made

    def __await__(self):
        answer = yield from self._future.__await__()
        return self._made(answer)


class _Files:
    def __init__(self, ask):
        self._ask = ask

    def read(self, path):
        return self._ask("read", {"path": str(path)})


class Tool:
    def __init__(self, host, waits, call_id):
        self.call_id = call_id
        self.files = _Files(self._ask)
        self._host, self._waits, self._env = host, waits, None

    def _ask(self, op, value, made=lambda answer: answer):
        if self._waits:
            return _Later(self._host.start(op, value), made)
        return made(self._host.call(op, value))

    @property
    def env(self):
        if self._env is None:
            read_only = type(type.__dict__)
            self._env = read_only(self._host.call("env", {}))
        return self._env

    def fetch(self, url, options=None, **more):
        return self._ask("fetch", {"url": str(url), "options": {**(options or {}), **more}}, Fetched)

    def agent(self, alias, query, options=None, **more):
        return self._ask(
            "agent", {"alias": str(alias), "query": str(query), "options": {**(options or {}), **more}}
        )

    def progress(self, done, total=0, message=""):
        self._host.tell("progress", {"done": done, "total": total, "message": str(message)})

    def log(self, text):
        self._host.tell("log", str(text))


def powers(host, run, call_id):
    code = getattr(run, "__code__", None)
    return Tool(host, bool(code and code.co_flags & _COROUTINE), call_id)
