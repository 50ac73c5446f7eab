#!/bin/sh
# Runs in the lab's machine what the host asks for: a line `<number>` on the serial line stands for the script
# /share/<number>.sh; its output goes to /share/<number>.out and .err, and `done <number> <exit code>` back.
# Each runs by itself, so that one that waits holds up no other.
set -u
exec 3<>/dev/ttyS0
stty raw -echo <&3
read -r boot </proc/sys/kernel/random/boot_id
echo "up $boot" >&3
while read -r number <&3; do
  (
    sh "/share/$number.sh" >"/share/$number.out" 2>"/share/$number.err" </dev/null 3>&-
    echo "done $number $?" >&3
  ) &
done
