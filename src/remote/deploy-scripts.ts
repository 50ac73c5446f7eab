import { FIND_NODE, FIND_SIGCTL } from './ssh-command.js';

/** Exit codes of these scripts, beside those of `MISSING`. */
export const DEPLOY_EXIT = { flock: 92, folder: 93, lost: 94, locked: 95 } as const;

/** `$1` folder as typed, `$2` `yes` makes it. Prints `name=value` lines. */
export const CHECK = `
dir=$1
case $dir in "~") dir=$HOME ;; "~/"*) dir=$HOME/\${dir#"~/"} ;; esac
if [ "$2" = yes ]; then
  mkdir -p -- "$dir/releases" "$dir/shared/logs" "$dir/shared/backups" || exit ${DEPLOY_EXIT.folder}
  # The outcome of a switch holds lines of logs.
  mkdir -p -m 700 -- "$dir/shared/.sigctl" "$dir/.deploy" || exit ${DEPLOY_EXIT.folder}
fi
if [ -d "$dir" ]; then cd -P -- "$dir" || exit ${DEPLOY_EXIT.folder}; echo "root=$(pwd -P)"; else echo "root=$dir"; fi
${FIND_NODE}
echo "node=$(node --version)"
for tool in rsync tar flock setsid; do command -v "$tool" >/dev/null 2>&1 && echo "$tool=yes"; done
echo "free=$(df -Pk . | awk 'NR == 2 { print $4 }')"
[ -d "$dir" ] || exit 0
[ -e ecosystem.config.cjs ] && echo plain=yes
for link in current previous; do [ -L "$link" ] && echo "$link=$(basename "$(readlink "$link")")"; done
for release in releases/*/; do [ -d "$release" ] && echo "release=$(basename "$release")"; done
exit 0`;

/** `$1` root, `$2` who. Says `locked`, and holds the lock until its stdin ends. */
export const HOLD_LOCK = `
exec 8>>"$1/.deploy/deploy.lock" || exit ${DEPLOY_EXIT.folder}
flock -n 8 || { cat "$1/.deploy/holder" >&2; exit ${DEPLOY_EXIT.locked}; }
printf '%s\\n' "$2" >"$1/.deploy/holder"
echo locked
cat >/dev/null`;

/** `$1` root, `$2` release. */
export const MAKE_RELEASE = `mkdir -- "$1/releases/$2" || exit ${DEPLOY_EXIT.folder}`;

/** `$1` root, `$2` release. stdin: a tar archive. */
export const UNPACK = `tar -xf - -C "$1/releases/$2"`;

/** `$1` root, `$2` release: state, logs and backups are the same for all releases. */
export const LINK_SHARED = `
cd -- "$1/releases/$2" || exit ${DEPLOY_EXIT.folder}
for name in .sigctl logs backups; do
  rm -rf -- "$name" && ln -s "../../shared/$name" "$name" || exit ${DEPLOY_EXIT.folder}
done
if [ -e ../../shared/.env ]; then rm -f .env && ln -s ../../shared/.env .env; fi`;

/**
 * `$1` a script, the rest is for it. It ends with its whole process group when stdin does: ssh carries no signal, and an install that
 * nobody waits for any more would go on in a folder that is being removed.
 */
export const WHILE_CONNECTED = `
exec 3<&0
script=$1; shift
setsid sh -c "$script" sigctl "$@" </dev/null 3<&- &
child=$!
( cat <&3 >/dev/null; kill -s TERM -- "-$child" 2>/dev/null ) >/dev/null 2>&1 &
relay=$!
exec 3<&-
wait "$child"
code=$?
kill "$relay" 2>/dev/null
exit "$code"`;

/** `$1` root, `$2` release, `$3` install command, `$4` build command; empty: npm, by what the release holds. */
export const INSTALL = `
${FIND_NODE}
cd -- "$1/releases/$2" || exit ${DEPLOY_EXIT.folder}
exec 2>&1
build=$4
if [ -z "$build" ] && [ -f package.json ]; then
  node -e 'process.exit(require("./package.json").scripts?.build ? 0 : 1)' && build='npm run build --if-present'
fi
install=$3
if [ -z "$install" ] && [ -f package.json ]; then
  if [ -f package-lock.json ]; then install='npm ci --no-audit --no-fund'; else install='npm install --no-audit --no-fund'; fi
  # What builds it is among the dev dependencies.
  [ -n "$build" ] || install="$install --omit=dev"
fi
if [ -n "$install" ]; then echo "$install"; sh -c "$install" || exit 1; fi
if [ -n "$build" ]; then echo "$build"; sh -c "$build" || exit 1; fi`;

/** `$1` the release, absolute; the rest is for sigctl. */
export const RUN_SIGCTL = `${FIND_SIGCTL}
exec "$sigctl" "$@"`;

/** Puts the start time of process `$1` into `token`, empty when it is gone: its number alone may be a stranger's by now. */
const READ_TOKEN = `
read_token() { token=$(sed -e 's/.*) //' -e '/^Z/d' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20); }`;

/** The switch that was started last still runs. */
const IS_ALIVE = `${READ_TOKEN}
is_alive() {
  read -r pid started 2>/dev/null <switch.pid || return 1
  read_token "$pid"
  [ -n "$started" ] && [ "$token" = "$started" ]
}`;

/** `$1` the release, absolute, `$2` root, `$3` request as JSON. It leaves a process of its own session, which no lost connection ends. */
export const START_SWITCH = `${FIND_SIGCTL}${READ_TOKEN}
root=$1
exec 8>>"$root/.deploy/switch.lock"
flock -n 8 || exit ${DEPLOY_EXIT.locked}
rm -f "$root/.deploy/switch.json" "$root/.deploy/switch.pid"
: >"$root/.deploy/switch.log"
setsid "$sigctl" __deploy switch "$2" "$root/.deploy/switch.json" >"$root/.deploy/switch.log" 2>&1 </dev/null &
read_token $!
echo "$! $token" >"$root/.deploy/switch.pid"`;

/** `$1` root, `$2` lines of its log that are known: `> ` and each further line, then `= ` and the outcome. */
export const FOLLOW_SWITCH = `${IS_ALIVE}
cd -- "$1/.deploy" || exit ${DEPLOY_EXIT.lost}
known=$2
[ -e switch.log ] || exit ${DEPLOY_EXIT.lost}
while :; do
  over=; [ -e switch.json ] && over=yes
  total=$(wc -l <switch.log)
  if [ "$total" -gt "$known" ]; then
    sed -n "$((known + 1)),\${total}s/^/> /p" switch.log
    known=$total
  fi
  if [ -n "$over" ]; then printf '= '; cat switch.json; echo; exit 0; fi
  is_alive || [ -e switch.json ] || exit ${DEPLOY_EXIT.lost}
  sleep 0.2 2>/dev/null || sleep 1
done`;

/** `$1` root. */
export const INTERRUPT_SWITCH = `${IS_ALIVE}
cd -- "$1/.deploy" && is_alive && kill -s INT "$pid"`;

/** `$1` root, `$2` release. */
export const DISCARD = `
rm -rf -- "$1/releases/$2" && exit 0
# An install that was ended may write a last file.
sleep 1
rm -rf -- "$1/releases/$2"`;
