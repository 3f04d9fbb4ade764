#!/usr/bin/env python3
"""Takes the Dockerfile's steps without a container engine, and runs what they make as a container would be run.

The final stage's COPY, RUN, ENV and USER lines are carried out in a root of their own: a private mount, process and network
namespace, root's files read-only, /tmp without leave to run code, no capabilities. Then the entry point is started, and the
gateway asked. Needs root, Linux, a JDK 25 and a built checkout; exit 0 if all of it works.
"""

import fcntl
import fnmatch
import glob
import json
import os
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEY = "mk-of-the-rehearsal"
IFF_UP, SIOCGIFFLAGS, SIOCSIFFLAGS = 1, 0x8913, 0x8914


def main():
    if "--inside" not in sys.argv:
        jdk = find_jdk()
        os.execvp(
            "unshare",
            ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, __file__, "--inside", jdk],
        )
    loopback_up()
    root = tempfile.mkdtemp(prefix="magic-proxy-image-")
    try:
        image = Image(root, sys.argv[-1])
        image.build()
        image.seal()
        rehearse(image)
    finally:
        subprocess.run(["umount", "-R", "-l", root], stderr=subprocess.DEVNULL, check=False)
        os.rmdir(root)
    print("the image's steps work")


def find_jdk():
    for home in [os.environ.get("JAVA_HOME", ""), *glob.glob("/usr/lib/jvm/*"), "/opt/java/openjdk"]:
        release = os.path.join(home, "release")
        if home and os.path.exists(release) and 'JAVA_VERSION="25' in open(release, encoding="utf-8").read():
            return home
    sys.exit("no JDK 25 found; set JAVA_HOME")


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        name = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(s, SIOCGIFFLAGS, name))[1]
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))


def run(*command, **more):
    return subprocess.run(command, check=True, **more)


class Image:
    def __init__(self, root, jdk):
        self.root, self.jdk = root, jdk
        self.env = {"JAVA_HOME": "/opt/java/openjdk", "PATH": "/opt/java/openjdk/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent"}
        self.directory, self.user = "/", "0:0"
        self.entry, self.health = [], []
        self.ignore = [line.strip() for line in open(f"{PROJECT}/.dockerignore", encoding="utf-8") if line.strip() and line[0] != "#"]

    def at(self, path):
        return self.root + path

    # ---- the base image

    def base(self):
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "image", self.root)
        for folder in ["usr", "proc", "dev", "tmp", "etc", "opt/java/openjdk", "var/lib", "var/mail", "run", "root"]:
            os.makedirs(self.at("/" + folder))
        for link in ["bin", "sbin", "lib", "lib64"]:
            os.symlink("usr/" + link, self.at("/" + link))
        for name in ["passwd", "group", "shadow", "gshadow", "login.defs", "hosts", "nsswitch.conf", "ld.so.cache"]:
            if os.path.exists("/etc/" + name):
                shutil.copy("/etc/" + name, self.at("/etc/" + name))
        run("mount", "--bind", "/usr", self.at("/usr"))
        run("mount", "-o", "remount,ro,bind", self.at("/usr"))
        run("mount", "--bind", self.jdk, self.at("/opt/java/openjdk"))
        run("mount", "-o", "remount,ro,bind", self.at("/opt/java/openjdk"))
        run("mount", "--rbind", "/dev", self.at("/dev"))
        run("mount", "-t", "proc", "proc", self.at("/proc"))
        run("mount", "-t", "tmpfs", "-o", "noexec,nosuid,mode=1777,size=256m", "tmp", self.at("/tmp"))

    # ---- the Dockerfile

    def build(self):
        self.base()
        stages = [[]]
        for word, rest in instructions(f"{PROJECT}/Dockerfile"):
            if word == "FROM":
                stages.append([])
            stages[-1].append((word, rest))
        self.first_stage(stages[1])
        for word, rest in stages[2]:
            step = getattr(self, "do_" + word.lower(), None)
            if step is None and word not in ("FROM", "LABEL", "EXPOSE"):
                sys.exit(f"the rehearsal doesn't know {word}")
            if step is not None:
                step(rest)

    def first_stage(self, steps):
        """What Maven makes is taken as it is; the steps after it are carried out."""
        self.source = tempfile.mkdtemp(dir=self.root)
        os.makedirs(f"{self.source}/server")
        target = f"{PROJECT}/server/target"
        if not os.path.exists(f"{target}/magic-proxy.jar"):
            sys.exit("there is no server/target/magic-proxy.jar; build it first: mvn package -DskipTests")
        os.symlink(target, f"{self.source}/server/target")
        directory = "/src"
        for word, rest in steps:
            if word == "WORKDIR":
                directory = rest
                os.makedirs(self.source + directory.removeprefix("/src"), exist_ok=True)
            elif word == "RUN" and "mvn" not in rest:
                run("sh", "-ec", rest, cwd=self.source + directory.removeprefix("/src"), env={**os.environ, "PATH": f"{self.jdk}/bin:{os.environ['PATH']}"})

    def do_workdir(self, rest):
        self.directory = rest
        os.makedirs(self.at(rest), exist_ok=True)

    def do_copy(self, rest):
        words = shlex.split(rest)
        built = words[0] == "--from=build"
        *sources, to = words[1:] if built else words
        to = os.path.join(self.directory, to)
        for source in sources:
            if built:
                place = self.source + source.removeprefix("/src")
            else:
                place = f"{PROJECT}/{source}"
                if self.ignored(source):
                    sys.exit(f".dockerignore keeps {source} out, which the Dockerfile copies")
            if os.path.isdir(place):
                shutil.copytree(place, self.at(to), dirs_exist_ok=True, ignore=None if built else self.left_out)
            else:
                os.makedirs(self.at(to), exist_ok=True)
                shutil.copy2(place, self.at(to))

    def left_out(self, folder, names):
        below = os.path.relpath(folder, PROJECT)
        return [n for n in names if not os.path.isdir(f"{folder}/{n}") and self.ignored(f"{below}/{n}")]

    def ignored(self, path):
        """The last pattern that fits decides; one that fits a folder fits what is in it."""
        out = False
        parts = path.split("/")
        prefixes = ["/".join(parts[: i + 1]) for i in range(len(parts))]
        for pattern in self.ignore:
            keep, pattern = pattern.startswith("!"), pattern.lstrip("!")
            inner = pattern.removeprefix("**/")
            fits = any(fnmatch.fnmatch(p, pattern) if inner == pattern else fnmatch.fnmatch(os.path.basename(p), inner) for p in prefixes)
            # A folder is kept for the sake of a file in it.
            if fits or (keep and pattern.startswith(path + "/")):
                out = not keep
        return out

    def do_run(self, rest):
        run(*self.command(["/bin/sh", "-c", rest], "0:0"), env=self.env)

    def do_env(self, rest):
        for word in shlex.split(rest):
            name, value = word.split("=", 1)
            self.env[name] = value

    def do_user(self, rest):
        self.user = rest

    def do_healthcheck(self, rest):
        self.health = json.loads(rest.split(" CMD ", 1)[1])

    def do_entrypoint(self, rest):
        self.entry = json.loads(rest) + self.entry

    def do_cmd(self, rest):
        self.default = json.loads(rest)

    # ---- running it

    def command(self, words, user):
        uid, gid = user.split(":")
        drop = ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        return ["chroot", self.root, "/bin/sh", "-c", f'cd {self.directory} && exec "$@"', "-", *([] if uid == "0" else drop), *words]

    def seal(self):
        """From here on the root is read-only; what would be volumes isn't."""
        shutil.rmtree(self.source)
        for volume in ["/etc/magic-proxy", "/var/lib/magic-proxy"]:
            run("mount", "--bind", self.at(volume), self.at(volume))
        run("mount", "-o", "remount,ro,bind", self.root)

    def start(self, *words, **env):
        return subprocess.Popen(
            self.command([*self.entry, *(words or self.default)], self.user),
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def healthy(self, **env):
        return subprocess.run(self.command(self.health, self.user), env={**self.env, **env}, stderr=subprocess.DEVNULL, check=False).returncode == 0


def instructions(file):
    text = ""
    for line in open(file, encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        text += line.rstrip("\n").removesuffix("\\") + " "
        if not line.rstrip().endswith("\\"):
            word, rest = text.strip().split(None, 1)
            yield word, rest
            text = ""


def rehearse(image):
    say("the root is read-only", subprocess.run(image.command(["/bin/sh", "-c", "! touch /opt/magic-proxy/x /x 2>/dev/null"], "0:0"), check=False).returncode == 0)
    for place in ["/etc/magic-proxy/env", "/var/lib/magic-proxy"]:
        say(f"{place} is its user's alone", os.stat(image.at(place)).st_mode & 0o77 == 0)
    say("no key got into the image", not [f for f in os.listdir(image.at("/etc/magic-proxy/env")) if not f.endswith(".example")])

    keyless = image.start()
    told = keyless.communicate(timeout=60)[0]
    say("without a key it doesn't start, and says what to set", keyless.returncode == 1 and "MAGIC_PROXY_MASTER_KEY" in told, told)

    begun = time.monotonic()
    gateway = image.start(MAGIC_PROXY_MASTER_KEY=KEY, GEMINI_API_KEY="none-of-yours")
    try:
        ask_all(image, gateway, begun)
    except SystemExit:
        gateway.terminate()
        print(gateway.communicate(timeout=40)[0])
        raise

    tools = image.start("tools", MAGIC_PROXY_MASTER_KEY=KEY, MAGIC_PROXY_PORT="8002", MAGIC_PROXY_DATA_DIR="/var/lib/magic-proxy/tools")
    until(lambda: tools.poll() is None and image.healthy(MAGIC_PROXY_PORT="8002"), tools)
    say("the tools run in a process of their own", ask("/tools/calculator", {"expression": "6*7"}, port=8002)[1].get("result") is not None)
    tools.send_signal(signal.SIGTERM)
    tools.communicate(timeout=40)
    say("which ends with 0 as well", tools.returncode == 0)


def ask_all(image, gateway, begun):
    until(lambda: gateway.poll() is None and image.healthy(), gateway)
    print(f"healthy after {time.monotonic() - begun:.1f} s")
    say("it runs as the user of the image, with no way up", no_way_up(image))
    say("nobody is answered without the key", ask("/v1/models", key="")[0] == 401)
    status, chat = ask("/v1/chat/completions", {"model": "simulator", "messages": [{"role": "user", "content": "hi"}]})
    say("it answers", status == 200 and chat["choices"][0]["message"]["content"], chat)
    begun = time.monotonic()
    status, time_told = ask("/tools/current_time", {})
    say(f"a tool in Python answers ({time.monotonic() - begun:.1f} s)", status == 200 and time_told["result"], [time_told, ask("/admin/tools")])
    status, run_ = ask("/v1/react/sessions", {"model_alias": "simulator", "reasoning_mode": "deep_research_react", "user_query": "What is 12*7?", "stream": False})
    say("a pattern runs", status == 200, run_)
    with open(image.at("/etc/magic-proxy/patterns/plain_chat.js"), encoding="utf-8") as file:
        text = file.read()
    status, saved = ask("/admin/patterns/plain_chat", {"content": text + "// rehearsed\n"}, method="PUT", headers={"If-Match": "*"})
    say("a pattern can be saved from the page", status == 200, saved)
    status, added = ask("/admin/keys/openai", {"key": "sk-rehearsed-0123456789"})
    say("a key can be added from the page", status == 201, added)
    say("where its user alone can read it", os.stat(image.at("/var/lib/magic-proxy/keys/keys_pool_openai.env")).st_mode & 0o77 == 0)
    gateway.send_signal(signal.SIGTERM)
    out = gateway.communicate(timeout=40)[0]
    say("SIGTERM ends it with 0", gateway.returncode == 0, out)
    say("it has nothing to complain of", "SEVERE" not in out and "xception" not in out, out)


def no_way_up(image):
    """Looks at every JVM of the namespace: user, capabilities, no new privileges."""
    seen = 0
    for status in glob.glob("/proc/[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in open(status, encoding="utf-8").read().splitlines())
        except OSError:
            continue
        if fields["Name"].strip() == "java":
            seen += 1
            if fields["Uid"].split() != ["10001"] * 4 or fields["NoNewPrivs"].strip() != "1" or int(fields["CapBnd"], 16):
                return False
    return seen > 0


def until(true, process):
    for _ in range(600):
        if true():
            return
        if process.poll() is not None:
            sys.exit("it ended: " + process.stdout.read())
        time.sleep(0.1)
    process.kill()
    sys.exit("not in a minute: " + process.stdout.read())


def ask(path, body=None, key=KEY, method=None, port=8001, headers=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or "{}")
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read() or "{}")


def say(what, holds, told=""):
    print(("ok    " if holds else "FAILS ") + what)
    if not holds:
        sys.exit(str(told)[-4000:] or 1)


if __name__ == "__main__":
    main()
