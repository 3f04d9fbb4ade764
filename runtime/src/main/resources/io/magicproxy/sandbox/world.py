# What Python sees of the world: the host's clock and chance, so that a replay sees the same, and no
# more. Denials here only teach; the wall behind them is the engine's.
def _magic_proxy_world(Denied, now_nanos, random_long, tell):
    import _io
    import _random
    import _signal
    import _thread
    import builtins
    import gc
    import os
    import posix
    import sys
    import time

    module_type = type(sys)

    def deny(message):
        def denied(*arguments, **options):
            raise Denied(message)
        return denied

    def put(name, value):
        """In both modules: os has copied what posix has."""
        setattr(posix, name, value)
        setattr(os, name, value)

    def deny_all(names, message):
        for name in names:
            put(name, deny(message))

    # ---------------------------------------------------------------- clock

    def nanos():
        return int(now_nanos())

    def seconds():
        return nanos() / 1_000_000_000

    for name in ('time', 'monotonic', 'perf_counter', 'process_time', 'thread_time'):
        setattr(time, name, lambda: seconds())
        setattr(time, name + '_ns', lambda: nanos())
    time.clock_gettime = lambda clock: seconds()
    time.clock_gettime_ns = lambda clock: nanos()

    gmtime, localtime, strftime = time.gmtime, time.localtime, time.strftime
    ctime, asctime = time.ctime, time.asctime

    def at(moment):
        return seconds() if moment is None else moment

    time.gmtime = lambda moment=None: gmtime(at(moment))
    time.localtime = lambda moment=None: localtime(at(moment))
    time.ctime = lambda moment=None: ctime(at(moment))
    time.asctime = lambda parts=None: asctime(localtime(seconds()) if parts is None else parts)
    time.strftime = lambda form, parts=None: strftime(
        form, localtime(seconds()) if parts is None else parts)
    time.sleep = deny('time.sleep does not work in scripts: use ctx.sleep')

    # The built-in datetime has its own clock. Without it the library's own Python code serves,
    # which asks the module time.
    sys.modules['_datetime'] = None

    # ---------------------------------------------------------------- chance

    def urandom(size):
        parts = bytearray()
        while len(parts) < size:
            parts += (int(random_long()) & 0xFFFFFFFFFFFFFFFF).to_bytes(8, 'little')
        return bytes(parts[:size])

    class Random(_random.Random):
        def __init__(self, x=None):
            self.seed(x)

        def seed(self, a=None):
            return super().seed(int.from_bytes(urandom(8), 'little') if a is None else a)

    _random.Random = Random
    put('urandom', urandom)
    # Would ask the machine for its addresses and clock.
    sys.modules['_uuid'] = None

    # ---------------------------------------------------------------- machine and user

    for name in ('getpid', 'getppid'):
        put(name, lambda: 1)
    for name in ('getuid', 'getgid'):
        put(name, lambda: 1000)
    put('cpu_count', lambda: 1)
    put('getloadavg', lambda: (0.0, 0.0, 0.0))
    uname = posix.uname_result(('Linux', 'script', '', '', posix.uname().machine))
    put('uname', lambda: uname)
    for name in ('get_ident', 'get_native_id'):
        setattr(_thread, name, lambda: 1)
    sys.modules['pwd'] = None

    # ---------------------------------------------------------------- what scripts print

    class Out:
        encoding = 'utf-8'

        def __init__(self):
            self.line = ''

        def write(self, text):
            *lines, self.line = (self.line + text).split('\n')
            for line in lines:
                tell('print', line)
            return len(text)

        def flush(self):
            pass

        def isatty(self):
            return False

    out = Out()
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = out
    sys.stdin = sys.__stdin__ = None

    def print_(*values, sep=' ', end='\n', file=None, flush=False):
        text = (' ' if sep is None else sep).join([str(value) for value in values])
        end = '\n' if end is None else end
        if file is not None and file is not out:
            file.write(text + end)
        elif end == '\n' and not out.line:
            tell('print', text)
        else:
            out.write(text + end)

    print_.__name__ = 'print'
    builtins.print = print_

    # ---------------------------------------------------------------- what there is not

    files = 'scripts cannot open files: import files of their folder, or use parameters'
    builtins.open = _io.open = deny(files)
    deny_all([name for name in (
        'open', 'chdir', 'chmod', 'chown', 'link', 'mkdir', 'remove', 'rename', 'replace', 'rmdir',
        'symlink', 'truncate', 'unlink', 'utime', 'pipe', 'openpty') if hasattr(posix, name)], files)

    processes = 'scripts have no processes: use a tool'
    deny_all(('system', 'fork', 'forkpty', 'execv', 'execve', 'posix_spawn', 'posix_spawnp',
              'popen', 'spawnv', 'kill', 'killpg', 'setsid', 'setpgid'), processes)

    class Environment(dict):
        def __missing__(self, name):
            raise KeyError(f'{name}: scripts have no environment, use parameters')

    put('environ', Environment())
    os.environb = os.environ
    deny_all(('putenv', 'unsetenv'), 'scripts have no environment: use parameters')

    leave = 'scripts cannot exit: return from the function'
    builtins.exit = builtins.quit = sys.exit = deny(leave)
    deny_all(('_exit', 'abort'), leave)
    builtins.input = deny('scripts have no input but their parameters')
    builtins.breakpoint = sys.breakpointhook = deny('scripts have no debugger')

    threads = 'scripts have no threads: use ctx.parallel'
    for name in ('start_new_thread', 'start_new', 'start_joinable_thread'):
        if hasattr(_thread, name):
            setattr(_thread, name, deny(threads))

    signals = 'scripts have no signals'
    for name in ('signal', 'raise_signal', 'alarm', 'setitimer', 'siginterrupt', 'pause'):
        if hasattr(_signal, name):
            setattr(_signal, name, deny(signals))

    # Would stop every script's thread while it works.
    gc.collect = lambda *generation: 0

    class Absent(module_type):
        """A module that scripts may import, but not use."""

        def __init__(self, name, message):
            super().__init__(name, message)
            self.__path__ = []

        def __getattr__(self, name):
            if name.startswith('__'):
                raise AttributeError(name)
            raise Denied(f'{self.__name__}.{name}: {self.__doc__}')

    network = 'scripts have no network: a pattern calls a tool, a tool calls tool.fetch'
    loop = 'scripts have no event loop: await ctx calls, use ctx.parallel for several, ctx.sleep to wait'
    host_classes = 'scripts see no host classes and no other language'
    for message, names in {
        network: ('socket', '_socket', 'ssl', '_ssl', 'select', 'selectors', 'socketserver'),
        processes: ('subprocess', '_posixsubprocess', 'pty'),
        'scripts have no processes: use ctx.parallel': ('multiprocessing', '_multiprocessing'),
        signals: ('signal',),
        loop: ('asyncio', '_asyncio'),
        'scripts cannot call native code': ('ctypes', '_ctypes'),
        host_classes: ('java', 'polyglot'),
        'scripts see no figures of the machine': ('resource',),
    }.items():
        for name in names:
            sys.modules[name] = Absent(name, message)

    # The standard library names these in its except clauses.
    for name in ('SubprocessError', 'CalledProcessError', 'TimeoutExpired'):
        setattr(sys.modules['subprocess'], name, type(name, (Exception,), {}))
    for name in ('PIPE', 'STDOUT', 'DEVNULL'):
        setattr(sys.modules['subprocess'], name, -1)


_magic_proxy_world
