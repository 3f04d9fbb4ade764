#!/bin/sh
# Lays out what the gateway's user may change, in the image: /etc/magic-proxy is what people edit (configuration, patterns,
# tools, prompts), /var/lib/magic-proxy what the gateway keeps (its data, and the keys that are added to it). A named volume
# that is mounted on either begins with what is here.
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
etc=${1:-/etc/magic-proxy}
var=${2:-/var/lib/magic-proxy}
user=${3:-10001:10001}

# "config" is where a folder or a config map may be mounted.
mkdir -p "$etc/config" "$var/keys"
for item in patterns tools system_prompts manifests env; do
  cp -R "$home/$item" "$etc/"
done
# In a container others reach it, so it needs a key, and knows the name by which they call it.
sed -e 's|^  # \(master_key: \)|  \1|' -e 's|^  # \(allowed_hosts: \)|  \1|' "$home/proxy_config.yaml" >"$etc/proxy_config.yaml"
for line in master_key allowed_hosts; do
  grep -q "^  $line: " "$etc/proxy_config.yaml" || {
    echo "proxy_config.yaml has no commented line \"# $line: …\" to take into the image" >&2
    exit 1
  }
done
chmod 0700 "$var" "$var/keys" "$etc/env"
chown -R "$user" "$etc" "$var"
