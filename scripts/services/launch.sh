#!/bin/sh
# The launcher: becomes one service. PM2 starts it as `env -i sh launch.sh <launch file> <log> <how the last one ended>`, so
# the environment is empty. It ignores the log; exit-journal.cjs, which runs inside PM2's daemon, adds the last argument:
# `code:3`, `signal:SIGKILL`, `asked` (PM2 ended it: its cron schedule, its memory limit), or nothing.
#
# 1. takes the service's kernel lock, which lives exactly as long as the process: a second copy cannot start (exit 75);
# 2. points stdout and stderr at the log file, opened for append: no pipe of PM2 carries a line;
# 3. holds back a service that exited: waits, longer each time, and after too many exits within a while gives up (exit 79,
#    which PM2 does not restart). It notes so in the gate file, one line that src/process/gate.ts reads:
#      <start id> <run|wait|open|never> <pid> <start time> <uptime in ms: of the wait's end, else of now> <exits that open
#      the breaker> <within how many ms> <ms waited so far> <time of each exit in that while: uptime less ms waited>…
# 4. writes the PID file, and the identity of the process into the lock file:
#      <pid> <start time in ticks since boot> <boot id> <start id> <how often started for that start id>
# 5. execs the command: no extra process stays.
#
# The launch file (written by sigctl, mode 0600; src/process/launch-file.ts) sets the names below, defines service_env, which
# exports the service's environment, and leaves the command in "$@". Only builtins run here, flock(1) once, and sleep(1) to wait.
set -u

key='' lock='' pidfile='' log='' dir='' start_id='' flock='' keep_ipc=0
# Seconds to wait for the lock; a cgroup to join; the gate file, empty where nothing holds the service back.
lock_wait=0 cgroup='' gate='' backoff_min=0 backoff_max=0 breaker_exits=0 breaker_within=0 never=''
launch_file=$1 ended=${3-}
service_env() { :; }
# A stop takes the launch file away first, so that a PM2 which did not hear of the stop cannot start the service again.
# "command": a fault of a bare special builtin would end the shell with a code of its own (POSIX 2.8.1).
# shellcheck source=/dev/null
command . "$launch_file" || exit 78

# PM2 starts a refused launcher again at once, for as long as the cause lasts. Without the lock file it is no one's holder.
refuse() {
  command exec 9>&-
  sleep 1
  exit "$1"
}

# Its keeper: descriptor 9 stays open across exec. Opened for append, so that a refused second copy changes nothing.
command exec 9>>"$lock" || refuse 73

# Puts field 22 (start time) of /proc/<pid>/stat into start_token; the command name in it may hold blanks and brackets.
read_start_token() {
  start_token='' line=''
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 0
  # shellcheck disable=SC2086
  set -- ${line##*) }
  [ "$1" = Z ] || start_token=${20-}
}

previous_pid='' previous_token='' previous_id='' previous_starts=0
read -r previous_pid previous_token _ previous_id previous_starts <"$lock" || :

if [ -n "$flock" ]; then
  how=-n
  # Whoever starts its own successor is still there for a moment.
  if [ "$lock_wait" != 0 ]; then how="-w $lock_wait"; fi
  # shellcheck disable=SC2086
  "$flock" $how 9 || {
    echo "sigctl: $key already runs (its lock is held); this start is refused" >&2
    refuse 75
  }
elif read_start_token "${previous_pid:-0}" && [ -n "$start_token" ] && [ "$start_token" = "$previous_token" ]; then
  # Without flock(1) the recorded process is asked for by pid and start time: weaker, as two starts at once can both pass.
  echo "sigctl: $key already runs as pid $previous_pid; this start is refused" >&2
  refuse 75
fi

command exec >>"$log" 2>&1 </dev/null || refuse 73
if [ "$keep_ipc" != 1 ]; then exec 3>&-; fi
cd "$dir" || refuse 72

# A number that the shell's arithmetic takes as it stands: "08" would be octal, and twenty digits wrap around.
is_number() {
  case $1 in '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;; esac
}

# Puts the milliseconds since boot into now: unlike the time of day it never jumps. 0 without /proc: then no exit grows old.
read_clock() {
  now=0 line=''
  { read -r line _ </proc/uptime; } 2>/dev/null || return 0
  # "1" before the hundredths, as "08" would be octal.
  case $line in *[0-9].[0-9][0-9]) now=$((${line%.*} * 1000 + (1${line#*.} - 100) * 10)) ;; esac
}

# Puts a random number from 0 to below 2^28 into random (times a wait of years, it fits the shell's 64 bits); the highest one,
# for the longest wait, without /proc.
read_random() {
  random=268435455 line=''
  { read -r line </proc/sys/kernel/random/uuid; } 2>/dev/null || return 0
  case $line in [0-9a-f]*-*) random=$((0x${line%%-*} / 16)) ;; esac
}

# Under the lock, in one write. The line may be shorter than what it covers: readers take the first one.
write_gate() {
  read_start_token $$
  set -- "$start_id $1 $$ ${start_token:--} $2 $breaker_exits $breaker_within $waited$exits"
  # Where it cannot be written (a full disk) no exit counts, and nothing else would slow a crash loop down.
  { printf '%s\n' "$1" 1<>"$gate"; } 2>/dev/null || sleep 1 9>&-
}

# Puts what the gate file knows of this start into state, waited, exits (those within the while) and count. What is damaged counts as nothing.
read_gate() {
  state='' waited=0 exits='' count=0 noted_id='' noted_exits=''
  { read -r noted_id state _ _ _ _ _ waited noted_exits <"$gate"; } 2>/dev/null || :
  [ "$noted_id" = "$start_id" ] || state='' waited=0 noted_exits=''
  if ! is_number "$waited" || [ "$waited" -gt "$now" ]; then waited=0 noted_exits=''; fi
  for exit_at in $noted_exits; do
    is_number "$exit_at" || continue
    age=$((now - waited - exit_at))
    if [ "$age" -lt 0 ] || [ "$age" -ge "$breaker_within" ]; then continue; fi
    exits="$exits $exit_at" count=$((count + 1))
  done
}

# The wait after so many exits: doubled each time, and at random up to there, so that services that fell together do not come
# back together. Two equal bounds are a fixed wait.
choose_delay() {
  delay=$backoff_min doublings=1
  while [ "$doublings" -lt "$count" ] && [ "$delay" -lt "$backoff_max" ]; do
    delay=$((delay * 2)) doublings=$((doublings + 1))
  done
  [ "$delay" -le "$backoff_max" ] || delay=$backoff_max
  [ "$backoff_min" = "$backoff_max" ] && return
  read_random
  delay=$((delay * random / 268435456))
}

# Exits that this long a wait could not tell apart from none are not worth a process.
SHORTEST_WAIT_MS=20

# In pieces, so that of a launcher that is killed no sleep(1) is left for long.
LONGEST_SLEEP_MS=5000

wait_turn() {
  before=$now until=$((now + delay)) left=$delay
  write_gate wait "$until"
  while [ "$left" -gt 0 ]; do
    [ "$left" -le "$LONGEST_SLEEP_MS" ] || left=$LONGEST_SLEEP_MS
    part=$((1000 + left % 1000))
    # POSIX knows whole seconds only. Descriptor 9 is not for it: a launcher that is killed must not leave a holder of the lock.
    sleep "$((left / 1000)).${part#1}" 9>&- 3>&- || sleep $((left / 1000 + 1)) 9>&- 3>&-
    # Stopped meanwhile by someone whom PM2 did not hear.
    [ -e "$launch_file" ] || exit 78
    read_clock
    # Without a clock what was slept counts.
    if [ "$now" = 0 ]; then delay=$((delay - left)) left=$delay; else left=$((until - now)); fi
  done
  # Time spent waiting does not make an exit older, or a long wait would keep the breaker closed for ever.
  waited=$((waited + now - before))
}

# Lets a first start through at once, and a restart in its turn. Fails when nobody is to start it again but an operator.
pass_gate() {
  [ "$previous_id" = "$start_id" ] || return 0
  read_clock
  read_gate
  case $state in open | never) return 1 ;; esac
  # What PM2 ended for a restart is no failure.
  [ "$ended" != asked ] || return 0
  for code in $never; do
    if [ "$ended" = "code:$code" ]; then write_gate never "$now"; return 1; fi
  done
  # A launcher that was killed while it waited is no exit of the service.
  [ "$state" = wait ] || exits="$exits $((now - waited))" count=$((count + 1))
  if [ "$count" -ge "$breaker_exits" ]; then write_gate open "$now"; return 1; fi
  choose_delay
  [ "$delay" -lt "$SHORTEST_WAIT_MS" ] || wait_turn
  write_gate run "$now"
}

[ -z "$gate" ] || pass_gate || exit 79

# Only now: a record stands for a process that got as far as its command.
starts=1
is_number "$previous_starts" || previous_starts=0
[ "$previous_id" = "$start_id" ] && starts=$((previous_starts + 1))
read -r boot </proc/sys/kernel/random/boot_id 2>/dev/null || boot=-
read_start_token $$
# The PID file first: a launcher that a full disk keeps from writing it has not become the service, and leaves no record of one.
{ printf '%s' "$$" >"$pidfile"; } 2>/dev/null || refuse 73
# One write of fixed length over the old line: a reader sees the old line or the new one, never half of one.
printf '%-160s\n' "$$ ${start_token:--} $boot $start_id $starts" 1<>"$lock"

# The kernel's own memory limit, where there is one. Without it everything else holds.
if [ -n "$cgroup" ]; then { printf '%s' "$$" >"$cgroup/cgroup.procs"; } 2>/dev/null || :; fi

# What shells add of their own accord.
unset OLDPWD PWD
# Last of all: a variable of the service may have the name of one of ours, such as "log" or "dir".
service_env
exec "$@"
