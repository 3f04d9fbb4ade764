#!/bin/sh
# Formats the volume the first time, then becomes the broker.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
programs=${KAFKA_HOME:-/opt/kafka}/bin
settings=${1:-$here/server.properties}
log=$(sed -n 's/^log\.dirs=//p' "$settings")

if [ ! -f "$log/meta.properties" ]; then
  "$programs/kafka-storage.sh" format -t "$("$programs/kafka-storage.sh" random-uuid)" -c "$settings"
fi
# Without -loggc, which writes a file beside the program.
export EXTRA_ARGS="-name kafkaServer"
exec "$programs/kafka-server-start.sh" "$settings"
