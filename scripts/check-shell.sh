#!/bin/sh
# Runs shellcheck over every shell script of the repository, where it is installed.
set -eu
cd "$(dirname "$0")/.."
if ! command -v shellcheck >/dev/null; then
  echo 'shell scripts: shellcheck is not installed, not checked' >&2
  exit 0
fi
shellcheck .ci/run scripts/*.sh scripts/services/*.sh scripts/lab/guest/*.sh
echo 'shell scripts: no findings' >&2
