#!/bin/sh
# Stops every service of this checkout, from any folder. Further arguments go to sigctl stop.
root=$(realpath "$(dirname "$(realpath "$0")")/..")
exec "$root/bin/sigctl" --config "$root/ecosystem.config.cjs" stop "$@"
