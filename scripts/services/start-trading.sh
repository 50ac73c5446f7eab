#!/bin/sh
# sigctl start trading, for this checkout, from any folder. Further arguments are passed on.
root=$(realpath "$(dirname "$(realpath "$0")")/../..")
exec "$root/bin/sigctl" --config "$root/ecosystem.config.cjs" start trading "$@"
