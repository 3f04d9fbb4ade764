# Our side of the wall in the guest: runs before the script, and is all that it sees of the host.
# It imports builtin modules only: the standard library costs tens of milliseconds a context.
def _magic_proxy(ask, start, say):
    import _json
    import sys

    class Denied(PermissionError):
        """A script tried what the walls forbid. The standard library gets along with OSErrors."""

    class HostError(Exception):
        """A host call failed."""

        def __init__(self, code, message):
            super().__init__(message)
            self.code = code
            self.message = message

    # ---------------------------------------------------------------- JSON

    class Scan:
        strict = False
        object_hook = None
        object_pairs_hook = None
        parse_float = float
        parse_int = int
        parse_constant = float
        memo = {}

    scanner = _json.make_scanner(Scan())

    def parse(text):
        return scanner(text.strip(), 0)[0]

    def unknown(value):
        raise TypeError(f'{type(value).__name__} cannot be passed as JSON')

    def json(value):
        encoder = _json.make_encoder(
            {}, unknown, _json.encode_basestring_ascii, None, ':', ',', False, False, False)
        return ''.join(encoder(value, 0))

    # ---------------------------------------------------------------- host

    # A reply is '=' and JSON, or '!', a code, a line's end and a message.
    def answer(reply):
        if reply[0] == '!':
            code, _, message = reply[1:].partition('\n')
            raise HostError(code, message)
        return parse(reply[1:])

    class Future:
        """What will be there later; several coroutines may await it."""

        def __init__(self):
            self.done = False
            self.value = None
            self.error = None
            self.waiting = []

        def __await__(self):
            if not self.done:
                yield self
            if self.error is not None:
                raise self.error
            return self.value

        def end(self, value, error):
            self.done = True
            self.value = value
            self.error = error
            ready.extend(self.waiting)
            self.waiting = []

    class Task(Future):
        """A coroutine that goes on whenever what it awaits is there."""

        def __init__(self, coroutine):
            super().__init__()
            self.coroutine = coroutine

        def go_on(self):
            try:
                awaited = self.coroutine.send(None)
                while not isinstance(awaited, Future):
                    awaited = self.coroutine.throw(TypeError(
                        f'a script cannot await {type(awaited).__name__}; await ctx calls'))
            except StopIteration as stop:
                self.end(stop.value, None)
            except BaseException as error:
                self.end(None, error)
            else:
                awaited.waiting.append(self)

    # Who goes on next: branches always take turns in the order in which they became ready.
    ready = []

    def drain():
        while ready:
            ready.pop(0).go_on()

    async def branches(items, limit=None):
        """Runs coroutines, or functions that give them, as branches; results in their order.

        At most `limit` at once. The first error is raised; what runs then runs on, no other starts.
        """
        items = list(items)
        results = [None] * len(items)
        width = len(items) if limit is None else max(1, int(limit))
        all_done = Future()
        state = {'next': 0, 'left': len(items)}

        async def lane():
            while state['next'] < len(items) and not all_done.done:
                index = state['next']
                state['next'] += 1
                item = items[index]
                try:
                    results[index] = await (item() if callable(item) else item)
                except Exception as error:
                    if not all_done.done:
                        all_done.end(None, error)
                    return
                state['left'] -= 1
                if state['left'] == 0 and not all_done.done:
                    all_done.end(None, None)

        for _ in range(min(width, len(items))):
            Task(lane()).go_on()
        if items:
            await all_done
        return results

    pending = {}

    def start_call(op, value=None):
        future = Future()
        pending[start(str(op), json(value))] = future
        return future

    class Host:
        """What the prelude gets."""
        call = staticmethod(lambda op, value=None: answer(ask(str(op), json(value))))
        start = staticmethod(start_call)
        tell = staticmethod(lambda op, value=None: (say(str(op), json(value)), None)[1])
        gather = staticmethod(branches)

    host = Host()

    # ---------------------------------------------------------------- driver

    outcome = {'state': 'running', 'task': None, 'value': None, 'error': None}

    def check():
        drain()
        task = outcome['task']
        if task.done:
            outcome['state'] = 'done' if task.error is None else 'failed'
            outcome['value'] = task.value
            outcome['error'] = task.error

    def named(value):
        """As if it stood at the top of a file: errors tell its name."""
        if isinstance(value, (type, type(named))):
            value.__qualname__ = value.__qualname__.rpartition('<locals>.')[2]

    class Glue:
        def begin(self, prelude, name, module, text):
            # Errors are kept: the engine itself fails at some of them on their way out.
            try:
                made = getattr(prelude, name)(host, module, parse(text))
            except BaseException as error:
                outcome['state'] = 'failed'
                outcome['error'] = error
                return
            if hasattr(made, '__await__'):
                async def whole():
                    return await made
                outcome['task'] = Task(made if hasattr(made, 'send') else whole())
                outcome['task'].go_on()
                check()
            else:
                outcome['state'] = 'done'
                outcome['value'] = made

        def settle(self, number, reply):
            future = pending.pop(number)
            try:
                future.end(answer(reply), None)
            except HostError as error:
                future.end(None, error)
            check()

        def pending(self):
            return len(pending)

        def state(self):
            return outcome['state']

        def result(self):
            return json(outcome['value'])

        def rethrow(self):
            raise outcome['error']

        def prelude(self, make):
            module = type(sys)('prelude')
            made = make()
            for value in made.values():
                named(value)
                if isinstance(value, type):
                    for method in vars(value).values():
                        named(method)
            module.__dict__.update(made)
            return module

        def module(self, root):
            sys.path.insert(0, root)
            main = sys.modules['__main__']
            for ours in ('_magic_proxy', '_magic_proxy_world', '_magic_proxy_prelude'):
                main.__dict__.pop(ours, None)
            # So that what stands under `if __name__ == '__main__'` is not run.
            main.__name__ = '__script__'
            sys.modules['__script__'] = main
            return main

        def world(self, setup, now_nanos, random_long):
            setup(Denied, now_nanos, random_long, Host.tell)

        def error(self):
            return outcome['error']

        def file_of(self, error):
            return str(error.filename or '') if isinstance(error, SyntaxError) else ''

        def describe(self, error, source):
            return describe(error, source)

    def indentation_line(error, source):
        """GraalPy gives line 1 for some: the first line up to which the error is there."""
        if not source or not error.msg.startswith(('unexpected indent', 'unindent')):
            return error.lineno or 0
        lines = source.split('\n')
        low, high = 1, len(lines)
        while low < high:
            middle = (low + high) // 2
            try:
                compile('\n'.join(lines[:middle]) + '\n', 'part', 'exec')
                there = False
            except IndentationError as part:
                there = part.msg == error.msg
            except SyntaxError:
                there = False
            low, high = (low, middle) if there else (middle + 1, high)
        return low

    def refused(error, message):
        """What the engine itself denies to a script that went past our own denials."""
        return type(error).__name__ in ('UnsupportedOperation', 'NotImplementedError', 'RuntimeError') and (
            message.endswith((' was excluded', ' is not allowed'))
            or message.startswith("Feature not supported on 'java' POSIX backend"))

    def describe(error, source):
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append([code.co_name, code.co_filename, trace.tb_lineno])
            trace = trace.tb_next
        syntax = isinstance(error, SyntaxError)
        try:
            message = str(error.msg if syntax else error)
        except Exception:
            message = ''
        kinds = (
            (SyntaxError, 'syntax'), (RecursionError, 'stack'), (MemoryError, 'memory'),
            (PermissionError, 'denied'), ((SystemExit, KeyboardInterrupt), 'exit'))
        kind = next((kind for types, kind in kinds if isinstance(error, types)), 'thrown')
        if kind == 'thrown' and refused(error, message):
            kind = 'denied'
            message = f"the sandbox doesn't allow what the script tried here: {message}"
        return json({
            'kind': kind,
            'type': type(error).__name__,
            'message': message,
            'code': str(error.code) if isinstance(error, HostError) else '',
            'file': (error.filename or '') if syntax else '',
            'line': indentation_line(error, source) if syntax else 0,
            'column': (error.offset or 0) if syntax else 0,
            'frames': frames,
        })

    return Glue()


_magic_proxy
