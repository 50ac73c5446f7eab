#!/bin/sh
# Starts a mode of this checkout, each service on its own: minimal, standard (the default) or full.
root=$(realpath "$(dirname "$(realpath "$0")")/..")
[ "$#" -gt 0 ] || set -- standard
exec "$root/bin/sigctl" --config "$root/ecosystem.config.cjs" mode "$@"
