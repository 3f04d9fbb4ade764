"""Sessions on one gateway by itself, beside sessions that go through Kafka and Redis to workers."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import shutil

WORKERS = [0, 1, 2, 4]
ALIAS = "quick-js"
PACED, MANY, AT_ONCE, CANCELS = 200, 800, 64, 100

CONFIG = """
backend_settings:
  queue: {{kind: kafka, slots: 256}}
  events: redis
  kafka: {{bootstrap_servers: ["127.0.0.1:{kafka}"], topic: {name}, dead_letter_topic: {name}.dead, group: {name}}}
  redis: {{urls: ["redis://127.0.0.1:{redis}"], key_prefix: {name}}}
"""

BROKER = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/kafka
offsets.topic.replication.factor=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""


class Backends:
    """One broker and one Redis, with what they ship."""

    def __init__(self, bench, run):
        self.bench, self.run = bench, run
        self.kafka_port, self.redis_port = run.free_port(), run.free_port()
        self.redis = bench.start(
            ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""]
            + ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--dir", bench.folder],
            stdout=subprocess.DEVNULL,
        )
        self.kafka = self.broker()

    def broker(self):
        folder = self.bench.folder
        paths = (self.run.HOME / "runtime/src/test/broker/target/broker.classpath").read_text().strip()
        settings = folder / "broker.properties"
        settings.write_text(BROKER.format(port=self.kafka_port, controller=self.run.free_port(), folder=folder))
        java = [self.bench.java, "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", paths]
        subprocess.run(
            java + ["kafka.tools.StorageTool", "format", "-t", "4L6g3nShT-eMCtK--X86sw", "-c", settings],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return self.bench.start(java + ["kafka.Kafka", settings], stdout=subprocess.DEVNULL)

    def config(self, name):
        return CONFIG.format(kafka=self.kafka_port, redis=self.redis_port, name=name)


def edit(text, backends):
    begin = text.index("backend_settings:")
    return text[:begin] + backends.lstrip() + text[text.index("\nkey_management_settings:") :]


def worker(bench, run, config):
    port = run.free_port()
    environment = {
        **os.environ,
        "JAVA_HOME": str(bench.java.parent.parent),
        "BENCH_MASTER_KEY": run.MASTER_KEY,
        "MAGIC_PROXY_JAVA_OPTIONS": "-Xmx512m",
    }
    log = open(bench.folder / "worker.log", "ab")
    command = [run.HOME / "magic-proxy", "worker", "--port", str(port), "--config", config]
    process = bench.start(
        command + ["--data-dir", bench.folder / f"worker-{port}"], env=environment, stdout=log, stderr=log
    )
    run.wait_for(port, "/health/readiness", process)
    return process


def measure(bench, run):
    if not shutil.which("redis-server"):
        sys.exit("bench: nodes needs redis-server on the PATH")
    backends = Backends(bench, run)
    lines = [
        f"`nodes`: one gateway; {ALIAS}, a JavaScript agent that asks its model once; Kafka and Redis on the same machine",
        "",
        "| | to `worker_ack` p50 (ms) | p99 | whole p50 (ms)"
        f" | {AT_ONCE} at a time: sessions/s | CPU per session (ms): gateway | workers | Kafka and Redis | not answered |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    ready = 0
    for variant in ["embedded"] + WORKERS:
        alone = variant == "embedded"
        name = f"bench-{variant}"
        shared = (lambda text: text) if alone else (lambda text: edit(text, backends.config(name)))
        slots = [] if variant in ("embedded", 0) else ["--slots", "0"]
        gateway, port, ready = bench.start_gateway(edit=shared, more=slots)
        config = bench.folder / (f"proxy_config.yaml" if alone else f"proxy_config-{port}.yaml")
        workers = [] if alone else [worker(bench, run, config) for _ in range(variant)]
        label = {"embedded": "embedded", 0: "Kafka and Redis, the gateway's own slots"}.get(
            variant, f"Kafka and Redis, {variant} worker" + "s" * (variant != 1)
        )
        print(f"bench: nodes: {label}", file=sys.stderr)
        begin(bench, port)
        bench.ask_sessions("many", port, ALIAS, MANY, AT_ONCE)  # warms up
        bench.line(bench.sessions)
        bench.ask_sessions("paced", port, ALIAS, PACED)
        paced = json.loads(bench.line(bench.sessions))
        groups = [[gateway], workers, [] if alone else [backends.kafka, backends.redis]]
        before = [sum(run.cpu_seconds(p.pid) for p in group) for group in groups]
        bench.ask_sessions("many", port, ALIAS, MANY, AT_ONCE)
        many = json.loads(bench.line(bench.sessions))
        used = [
            (sum(run.cpu_seconds(p.pid) for p in group) - b) * 1000 / MANY for group, b in zip(groups, before)
        ]
        lines.append(
            f"| {label} | {paced['ack_p50']:.1f} | {paced['ack_p99']:.1f} | {paced['end_p50']:.1f}"
            f" | {many['good'] / many['seconds']:.0f} | {used[0]:.1f} | {used[1]:.1f} | {used[2]:.1f}"
            f" | {paced['bad'] + many['bad']} |"
        )
        if variant == 2:
            lines_of_cancel = cancels(bench, shared, port)
        for process in workers + [gateway]:
            bench.stop(process)
    return "\n".join(lines + lines_of_cancel), ready


def begin(bench, port):
    """The first session waits until the workers have joined."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        bench.ask_sessions("paced", port, ALIAS, 1)
        if json.loads(bench.line(bench.sessions))["good"]:
            return
    sys.exit("bench: no worker took a session")


def cancels(bench, shared, port):
    other, other_port, _ = bench.start_gateway(edit=shared, more=["--slots", "0"])
    for _ in range(2):  # the first warms up
        bench.ask_sessions("cancels", port, other_port, "waiting-js", CANCELS)
        r = json.loads(bench.line(bench.sessions))
    bench.stop(other)
    return [
        "",
        f"A cancel at another gateway, until its event is at the client ({CANCELS}, 2 workers):"
        f" p50 {r['cancel_p50']:.0f} ms, p99 {r['cancel_p99']:.0f} ms, longest {r['cancel_max']:.0f} ms.",
    ]
