#!/usr/bin/env python3
"""Starts what docker-compose.yml starts, without a container engine: Kafka, Redis, the tools, two gateways, a worker and nginx as
processes of this machine, on free ports of the loopback; then asks them, stops a gateway meanwhile, and ends them all.

Commands, environments and files are the compose file's, the Dockerfile's and those beside them, with addresses and folders
replaced. Not tried: the containers' walls (networks, limits, read-only roots; "deploy/check.sh image" has those of one), the
images of others, and what watches the nodes, but for a receiver of traces.

Needs a built checkout, JDK 25, redis-server, nginx, PyYAML, and a broker: KAFKA_HOME, or the tests' own
(mvn -q test -pl runtime/src/test/broker). Exit 0 if all of it works.
"""

import gzip
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from balancer import Balancer, connects, free_port, say, until
from rehearse import PROJECT, find_jdk, instructions

try:
    import yaml
except ImportError:
    sys.exit("PyYAML is not here: pip install pyyaml, or apt install python3-yaml")

SECRETS = {name: f"{name.lower()}-of-the-rehearsal" for name in ["MAGIC_PROXY_MASTER_KEY", "MAGIC_PROXY_TOOLS_KEY", "REDIS_PASSWORD", "GRAFANA_PASSWORD"]}
KEY = SECRETS["MAGIC_PROXY_MASTER_KEY"]
NODES = ["gateway-1", "gateway-2", "worker"]
PROGRAMS = ["tools", *NODES]
RUNS = 12
SAVED = "saved at the first"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Layout:
    """The compose file's services, and where each is here."""

    def __init__(self, root):
        with open(f"{PROJECT}/docker-compose.yml", encoding="utf-8") as file:
            self.services = yaml.safe_load(file)["services"]
        self.root, self.jdk = root, find_jdk()
        self.image = {}
        for word, rest in instructions(f"{PROJECT}/Dockerfile"):
            if word == "ENV":
                self.image.update(pair.split("=", 1) for pair in rest.split())
        self.ports = {name: free_port() for name in [*PROGRAMS, "kafka", "kafka-controller", "redis", "collector"]}
        self.addresses = {
            "kafka:9092": "kafka",
            "kafka:9093": "kafka-controller",
            "redis:6379": "redis",
            "tools:8002": "tools",
            "collector:4318": "collector",
        }
        self.processes, self.ended = {}, []

    def here(self, name, text):
        """A text of the service's, with the places of this machine."""
        for address, port in self.addresses.items():
            text = text.replace(address, f"127.0.0.1:{self.ports[port]}")
        for folder in ["/etc/magic-proxy", "/var/lib/magic-proxy", "/var/lib/kafka"]:
            text = text.replace(folder, f"{self.root}/{name}{folder}")
        return text

    def environment(self, name):
        own = self.services[name].get("environment", {})
        filled = {key: fill(value) for key, value in own.items() if value is not None}
        both = {key: self.here(name, value) for key, value in {**self.image, **filled}.items()}
        return {**both, "MAGIC_PROXY_HOST": "127.0.0.1", "MAGIC_PROXY_PORT": str(self.ports.get(name, 0))}

    def folders(self, name):
        """What the image has, in place of volumes; the configuration with places of this machine."""
        etc = f"{self.root}/{name}/etc/magic-proxy"
        for item in ["patterns", "tools", "system_prompts", "manifests", "env"]:
            shutil.copytree(f"{PROJECT}/{item}", f"{etc}/{item}", ignore=lambda _, names: [n for n in names if n.endswith(".env")])
        os.makedirs(f"{etc}/config")
        os.makedirs(f"{self.root}/{name}/var/lib/magic-proxy")
        with open(f"{PROJECT}/deploy/compose/proxy_config.yaml", encoding="utf-8") as file:
            text = self.here(name, file.read())
        with open(f"{etc}/config/proxy_config.yaml", "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, name, command, environment):
        with open(f"{self.root}/{name}.log", "ab") as log:
            base = {"PATH": f"{self.jdk}/bin:{os.environ['PATH']}", "JAVA_HOME": self.jdk, "HOME": self.root}
            self.processes[name] = subprocess.Popen(command, env={**base, **environment}, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def program(self, name):
        self.start(name, [f"{PROJECT}/magic-proxy", *self.services[name].get("command", ["start"])], self.environment(name))

    def stop(self, name):
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def end(self):
        for process in self.processes.values():
            # Script hosts end with their parents.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(30)

    def log(self, name):
        with open(f"{self.root}/{name}.log", encoding="utf-8", errors="replace") as file:
            return file.read()

    def until(self, what, true, patience=90):
        def looked():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    sys.exit(f"{name} ended with {process.returncode}:\n{self.log(name)[-4000:]}")
            return true()

        until(what, looked, patience)


def fill(value):
    """${NAME}, ${NAME:-else}, ${NAME:?message}, as compose does; only the secrets are set here."""
    return re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}", lambda m: SECRETS.get(m[1], m[2] or ""), str(value)).replace("$$", "$")


# ---- what the nodes share


def kafka(layout):
    os.makedirs(f"{layout.root}/kafka/var/lib/kafka/data")
    settings = f"{layout.root}/kafka/server.properties"
    with open(f"{PROJECT}/deploy/kafka/server.properties", encoding="utf-8") as file:
        text = layout.here("kafka", file.read())
    with open(settings, "w", encoding="utf-8") as file:
        file.write(text)
    home, classes = os.environ.get("KAFKA_HOME"), f"{PROJECT}/runtime/src/test/broker/target/broker.classpath"
    if home:
        environment = {**layout.services["kafka"]["environment"], "KAFKA_HOME": home, "LOG_DIR": layout.root}
        environment["KAFKA_LOG4J_OPTS"] = environment["KAFKA_LOG4J_OPTS"].replace("/etc/magic-proxy", f"{PROJECT}/deploy/kafka")
        layout.start("kafka", ["sh", f"{PROJECT}/deploy/kafka/start.sh", settings], environment)
        return
    if not os.path.exists(classes):
        sys.exit("no broker: set KAFKA_HOME, or run mvn -q test -pl runtime/src/test/broker")
    with open(classes, encoding="utf-8") as file:
        java = [f"{layout.jdk}/bin/java", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", file.read().strip()]
    tool = subprocess.run([*java, "kafka.tools.StorageTool", "random-uuid"], check=True, capture_output=True, text=True)
    subprocess.run([*java, "kafka.tools.StorageTool", "format", "-t", tool.stdout.split()[-1], "-c", settings], check=True, capture_output=True)
    layout.start("kafka", [*java, "kafka.Kafka", settings], {})


def redis(layout):
    service = layout.services["redis"]
    folder = f"{layout.root}/redis"
    os.makedirs(folder)
    words = [fill(word).replace("/data", folder) for word in [*service["entrypoint"], *service["command"]]]
    layout.start("redis", [*words, "--port", str(layout.ports["redis"]), "--bind", "127.0.0.1"], layout.environment("redis"))


class Receiver:
    """Takes traces, and notes whose they are."""

    def __init__(self, port):
        self.bodies = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def has(self, service, trace):
        name = bytes([len(service)]) + service.encode()
        return any(name in body and bytes.fromhex(trace) in body for body in self.bodies)


# ---- asking


class Front:
    """One of the HTTP servers."""

    def __init__(self, port, key=KEY):
        self.port, self.key = port, key

    def open(self, path, body=None, method=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        own = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if body is not None:
            own["Content-Type"] = "application/json"
        connection.request(method or ("GET" if body is None else "POST"), path, None if body is None else json.dumps(body), {**own, **(headers or {})})
        return connection.getresponse()

    def ask(self, path, body=None, **more):
        answer = self.open(path, body, **more)
        text = answer.read().decode()
        return answer.status, json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text

    def ready(self):
        return connects(self.port) and self.ask("/health/readiness")[0] == 200

    def metric(self, name):
        """The sum of a metric's series."""
        text = self.ask("/metrics")[1]
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if re.match(rf"{name}(\{{| )", line))


def events(answer):
    """Of a stream, with the time at which each came."""
    for line in answer:
        if line.startswith(b"data: "):
            yield time.monotonic(), json.loads(line[6:])


def main():
    if not os.path.exists(f"{PROJECT}/server/target/magic-proxy.jar"):
        sys.exit("there is no server/target/magic-proxy.jar; build it first: mvn package -DskipTests")
    for program in ["redis-server", "nginx"]:
        if not shutil.which(program):
            sys.exit(f"{program} is not here")
    # Builds, if a source is newer than the program.
    subprocess.run([f"{PROJECT}/magic-proxy", "version"], check=True)
    root = tempfile.mkdtemp(prefix="magic-proxy-nodes-")
    layout = Layout(root)
    try:
        rehearse(layout)
    except BaseException:
        for name in PROGRAMS:
            if os.path.exists(f"{root}/{name}.log"):
                print(f"---- {name}\n{layout.log(name)[-3000:]}", file=sys.stderr)
        raise
    finally:
        layout.end()
        shutil.rmtree(root)
    print("the compose file's layout works; not tried: the containers' walls, others' images, and what watches the nodes")


def rehearse(layout):
    receiver = Receiver(layout.ports["collector"])
    kafka(layout)
    redis(layout)
    layout.until("Kafka and Redis listen", lambda: connects(layout.ports["kafka"]) and connects(layout.ports["redis"]))
    fronts = {name: Front(layout.ports[name], SECRETS["MAGIC_PROXY_TOOLS_KEY"] if name == "tools" else KEY) for name in PROGRAMS}
    for name in PROGRAMS:
        layout.folders(name)
    for names in [["tools"], NODES]:
        begun = time.monotonic()
        for name in names:
            layout.program(name)
        layout.until(f"{names} are ready", lambda names=names: all(fronts[name].ready() for name in names))
        print(f"{', '.join(names)}: ready after {time.monotonic() - begun:.1f} s")
    for name in NODES:
        layout.until(f"{name} knows the tools", lambda name=name: knows_tools(fronts[name]))
    balancer = Balancer(layout.root, [layout.ports[name] for name in NODES[:2]])
    balancer.start()
    try:
        ask_all(layout, fronts, Front(balancer.port))
    finally:
        balancer.stop()
    end_all(layout)
    for service in ["magic-proxy", "magic-proxy-tools"]:
        say(f"the client's trace goes on in {service}", receiver.has(service, TRACE))


def knows_tools(node):
    server = node.ask("/health")[1]["tool_server"]
    return server["state"] == "connected" and server["tools"] > 0


def ask_all(layout, fronts, front):
    for name in NODES:
        status, health = fronts[name].ask("/health")
        told = health if status == 200 else {}
        up = told.get("redis", {}).get("up") and told.get("sessions", {}).get("kafka", {}).get("up")
        say(f"{name} has Redis and Kafka, and {told.get('sessions', {}).get('slots')} slots", status == 200 and up, health)
    say("nobody is answered without the key", Front(front.port, "").ask("/v1/models")[0] == 401)
    chats(fronts, front)
    sessions(fronts, front)
    page(layout, fronts, front)
    files(fronts)
    upgrade(layout, fronts, front)


def chats(fronts, front):
    answers = [front.ask("/v1/chat/completions", chat()) for _ in range(6)]
    say("chat is answered", all(status == 200 for status, _ in answers), answers)
    asked = [fronts[name].metric("magic_proxy_upstream_attempts_total") for name in NODES[:2]]
    say(f"by both gateways ({asked})", all(asked))


def chat():
    return {"model": "simulator", "messages": [{"role": "user", "content": "hi"}]}


def sessions(fronts, front):
    begun = time.monotonic()
    answer = front.open("/v1/react/sessions", {"model_alias": "agent", "user_query": "What is 12*7?", "session_id": "lesson"}, headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    seen = list(events(answer))
    kinds = [event["event_type"] for _, event in seen]
    last = seen[-1][1]
    say("an agent answers in a stream, with a tool's help", answer.status == 200 and kinds[-1] == "FinalAnswerStreamEnd" and "84" in last["payload"]["text"], last)
    say("its tools are those of the process of their own", fronts["tools"].metric("magic_proxy_tool_duration_seconds_count") >= 1)
    say("its events are in order, without gaps", [event["seq"] for _, event in seen] == list(range(1, len(seen) + 1)), kinds)
    print(f"      first event after {seen[0][0] - begun:.2f} s, the last after {seen[-1][0] - begun:.2f} s")
    say("and came one by one", len({round(at, 3) for at, _ in seen}) > 3, seen)
    for name in NODES[:2]:
        again = [event for _, event in events(fronts[name].open("/v1/react/sessions/lesson/events?after=0"))]
        say(f"{name} shows the same", again == [event for _, event in seen], again)
    before = {name: fronts[name].metric("magic_proxy_session_runs_total") for name in NODES}
    with ThreadPoolExecutor(RUNS) as pool:
        answers = list(pool.map(lambda i: front.ask("/v1/react/sessions", {"model_alias": "agent", "user_query": f"What is {i}*7?", "stream": False}), range(RUNS)))
    say(f"{RUNS} at once are answered, each with its own", all(s == 200 and str(i * 7) in a["answer"] for i, (s, a) in enumerate(answers)), answers)
    worked = {name: int(fronts[name].metric("magic_proxy_session_runs_total") - before[name]) for name in NODES}
    say(f"each by one of them ({worked})", sum(worked.values()) == RUNS)
    status, run = front.ask("/v1/react/sessions", {"model_alias": "agent", "user_query": "And again?", "session_id": "lesson", "stream": False})
    say("a session goes on with its second question", status == 200 and run["run"] == 2, run)


def page(layout, fronts, front):
    say("the page is there", front.ask("/", headers={"Accept": "text/html"})[0] == 200)
    answer = Front(front.port, "").open("/admin/login", {"key": KEY})
    cookie = (answer.headers["Set-Cookie"] or "").split(";")[0]
    answer.read()
    say("a login begins", answer.status == 200 and cookie, answer.status)
    known = [Front(front.port, "").ask(path, headers={"Cookie": cookie})[0] for path in ["/v1/models", "/admin/config", "/health", "/metrics"] * 4]
    say("and is known from then on", known == [200] * 16, known)


def files(fronts):
    one, two, worker = (fronts[name] for name in NODES)
    answer = one.open("/admin/patterns/plain_chat")
    pattern = json.loads(answer.read())
    text = f"{pattern['content']}// {SAVED}\n"
    status, saved = one.ask("/admin/patterns/plain_chat", {"content": text}, method="PUT", headers={"If-Match": "*"})
    say("a pattern can be saved", status == 200, saved)
    until("the other gateway has it", lambda: two.ask("/admin/patterns/plain_chat")[1]["content"] == text)
    say("and reaches the other gateway", True)
    until("the worker has it", lambda: worker.ask("/health")[1]["saved_files"]["seq"] == one.ask("/health")[1]["saved_files"]["seq"])
    say("and the worker", True)


def upgrade(layout, fronts, front):
    """One gateway after the other, as a rolling upgrade does; the second loses its files, as a pod does."""
    for name in NODES[:2]:
        code = layout.stop(name)
        say(f"{name} ends with 0 when it is told to", code == 0, code)
        answers = [front.ask("/v1/chat/completions", chat())[0] for _ in range(6)]
        say("meanwhile the other answers", answers == [200] * 6, answers)
        status, run = front.ask("/v1/react/sessions", {"model_alias": "agent", "user_query": f"Without {name}?", "session_id": "lesson", "stream": False})
        say("and goes on with the session", status == 200, run)
        say("the page, too", front.ask("/admin/config")[0] == 200)
        if name == NODES[1]:
            shutil.rmtree(f"{layout.root}/{name}")
            layout.folders(name)
        layout.program(name)
        layout.until(f"{name} is ready again", fronts[name].ready)
    two = fronts[NODES[1]]
    layout.until("a fresh gateway has what was saved", lambda: SAVED in two.ask("/admin/patterns/plain_chat")[1].get("content", ""))
    say("a fresh gateway has what was saved", True)
    status, lesson = two.ask("/v1/react/sessions/lesson")
    say("and the sessions", status == 200 and lesson["object"] == "session", lesson)


def end_all(layout):
    for name in reversed(PROGRAMS):
        code = layout.stop(name)
        say(f"{name} ends with 0", code == 0, layout.log(name))
    for name in PROGRAMS:
        log = layout.log(name)
        say(f"{name} has nothing to complain of", "SEVERE" not in log and "xception" not in log, log)


if __name__ == "__main__":
    main()
