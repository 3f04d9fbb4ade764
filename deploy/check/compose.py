#!/usr/bin/env python3
"""What the schema can't know of docker-compose.yml: that its parts fit one another, and the files that name them."""

import os
import re
import sys

import yaml

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
problems = []


def want(holds, problem):
    if not holds:
        problems.append(problem)


def read(path):
    with open(f"{PROJECT}/{path}", encoding="utf-8") as file:
        return file.read()


def main():
    compose = yaml.safe_load(read("docker-compose.yml"))
    services = compose["services"]
    for name, service in services.items():
        one(name, service, services)
    parts(compose, services)
    addresses(services)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


def one(name, service, services):
    want(re.search(r":v?\d+\.\d+\.\d+|:local$", service["image"]), f"{name}: {service['image']} names no version")
    want(service.get("cap_drop") == ["ALL"] and service.get("security_opt"), f"{name} keeps capabilities")
    want(service.get("read_only") or name == "grafana", f"{name} may write its root")
    want(service.get("mem_limit") and service.get("restart"), f"{name} has no mem_limit, or no restart")
    for port in service.get("ports", []):
        want(port.startswith("127.0.0.1:"), f"{name}: {port} is open to others than this machine")
    for other, how in service.get("depends_on", {}).items():
        want(other in services, f"{name} waits for {other}, which isn't there")
        healthy = how["condition"] == "service_healthy"
        # The program's image has a health check of its own.
        asked = "healthcheck" in services.get(other, {}) or services.get(other, {}).get("build")
        want(not healthy or asked, f"{name} waits for the health of {other}, which has no check")
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        want(not source.startswith(".") or os.path.exists(f"{PROJECT}/{source}"), f"{name} mounts {source}, which isn't there")


def parts(compose, services):
    """Each network and volume is declared, and used; only keys are in the volumes of several."""
    for kind in ["networks", "volumes"]:
        used = {}
        for name, service in services.items():
            for part in service.get(kind, []):
                part = part.split(":")[0]
                if not part.startswith("."):
                    used.setdefault(part, []).append(name)
        want(set(used) == set(compose[kind]), f"{kind}: {sorted(set(used) ^ set(compose[kind]))} is declared or used, not both")
        if kind == "volumes":
            shared = {volume: names for volume, names in used.items() if len(names) > 1}
            want(list(shared) == ["keys"], f"several services have the same volume: {shared}")
    for name in ["kafka", "redis"]:
        want(services[name]["networks"] == ["state"] and compose["networks"]["state"].get("internal"), f"{name} can be reached from outside")
    want("state" not in services["tools"]["networks"], "the tools reach what the nodes share")


def addresses(services):
    """Who names a service by its address has a network in common with it."""
    nodes = ["gateway-1", "gateway-2", "worker"]
    naming = [
        ("deploy/compose/proxy_config.yaml", nodes),
        ("deploy/prometheus/prometheus.yaml", ["prometheus"]),
        ("deploy/nginx/nginx.conf", ["balancer"]),
        ("deploy/kafka/server.properties", ["kafka"]),
        ("deploy/otel-collector/collector.yaml", ["collector"]),
        ("deploy/grafana/provisioning/datasources/datasources.yaml", ["grafana"]),
    ]
    for file, who in naming:
        text = re.sub(r"(?m)^\s*#.*$", "", read(file))
        found = {name for name in services if re.search(rf"(?<![\w.-]){name}:\d", text)}
        want(found, f"{file} names no service")
        for one in who:
            for name in found:
                common = set(services[one]["networks"]) & set(services[name]["networks"])
                want(common, f"{file} names {name}, which {one} has no network in common with")
    ports = {"gateway-1": "8001", "gateway-2": "8001", "worker": services["worker"]["environment"]["MAGIC_PROXY_PORT"]}
    for node in nodes:
        want(f"{node}:{ports[node]}" in read("deploy/prometheus/prometheus.yaml"), f"Prometheus doesn't read {node}")
        want(node in yaml.safe_load(read("deploy/compose/proxy_config.yaml"))["security_settings"]["allowed_hosts"], f"{node} doesn't know its name")


if __name__ == "__main__":
    main()
