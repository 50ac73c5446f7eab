#!/bin/sh
# A parent with a child that outlives it. Both hold the lock; only the parent is the service. It dies of SIGINT, as shells do.
read_token() {
  token='' line=''
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 0
  # shellcheck disable=SC2086
  set -- ${line##*) }
  [ "$1" = Z ] || token=${20-}
}

runs=$CHAOS_EVIDENCE/$SIGCTL_SERVICE.runs acked=$CHAOS_EVIDENCE/$SIGCTL_SERVICE.acked
last_pid='' last_token=''
if [ -f "$runs" ]; then
  while read -r what pid found _; do
    if [ "$what" = start ]; then last_pid=$pid last_token=$found; fi
  done <"$runs"
fi
read_token $$
me=$token
echo "start $$ $me" >>"$runs"
if [ -n "$last_pid" ]; then
  read_token "$last_pid"
  if [ -n "$token" ] && [ "$token" = "$last_token" ]; then echo "overlap $last_pid $last_token" >>"$runs"; fi
fi

# The child: it would go on for a quarter of an hour.
sleep 900 &

seq=0
while :; do
  seq=$((seq + 1))
  if printf '@%s-%s:%s;\n' $$ "$me" "$seq" 2>/dev/null; then
    read -r now _ </proc/uptime
    # Hundredths of a second, so a zero makes it milliseconds.
    echo "$$-$me $seq ${now%.*}${now#*.}0" >>"$acked"
  fi
  sleep 0.1
done
