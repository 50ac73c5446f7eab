#!/bin/sh
# The launcher: becomes one service. PM2 starts it as `env -i sh launch.sh <launch file>`, so the environment is empty.
#
# 1. takes the service's kernel lock, which lives exactly as long as the process: a second copy cannot start (exit 75);
# 2. points stdout and stderr at the log file, opened for append: no pipe of PM2 carries a line;
# 3. writes the PID file, and the identity of the process into the lock file:
#      <pid> <start time in ticks since boot> <boot id> <start id> <how often started for that start id>
# 4. execs the command: no extra process stays.
#
# The launch file (written by sigctl, mode 0600) sets key, lock, pidfile, log, dir, start_id, flock and keep_ipc, defines
# service_env, which exports the service's environment, and leaves the command in "$@". Only builtins run here, and flock(1) once.
set -u

key='' lock='' pidfile='' log='' dir='' start_id='' flock='' keep_ipc=0
launch_file=$1
service_env() { :; }
# A stop takes the launch file away first, so that a PM2 which did not hear of the stop cannot start the service again.
# "command": a fault of a bare special builtin would end the shell with a code of its own (POSIX 2.8.1).
# shellcheck source=/dev/null
command . "$launch_file" || exit 78

# Its keeper: descriptor 9 stays open across exec. Opened for append, so that a refused second copy changes nothing.
command exec 9>>"$lock" || exit 73

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
  "$flock" -n 9 || {
    echo "sigctl: $key already runs (its lock is held); this start is refused" >&2
    exit 75
  }
elif read_start_token "${previous_pid:-0}" && [ -n "$start_token" ] && [ "$start_token" = "$previous_token" ]; then
  # Without flock(1) the recorded process is asked for by pid and start time: weaker, as two starts at once can both pass.
  echo "sigctl: $key already runs as pid $previous_pid; this start is refused" >&2
  exit 75
fi

command exec >>"$log" 2>&1 </dev/null || exit 73
if [ "$keep_ipc" != 1 ]; then exec 3>&-; fi
cd "$dir" || exit 72

# Only now: a record stands for a process that got as far as its command.
starts=1
case $previous_starts in '' | *[!0-9]*) previous_starts=0 ;; esac
[ "$previous_id" = "$start_id" ] && starts=$((previous_starts + 1))
read -r boot </proc/sys/kernel/random/boot_id 2>/dev/null || boot=-
read_start_token $$
# One write of fixed length over the old line: a reader sees the old line or the new one, never half of one.
printf '%-160s\n' "$$ ${start_token:--} $boot $start_id $starts" 1<>"$lock"
printf '%s' "$$" >"$pidfile" || exit 73

# What shells add of their own accord.
unset OLDPWD PWD
# Last of all: a variable of the service may have the name of one of ours, such as "log" or "dir".
service_env
exec "$@"
