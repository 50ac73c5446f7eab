#!/bin/sh
# First process of the lab's machine (scripts/lab/machine.ts), started by its kernel on the host's file system, which is mounted
# read-only. Builds a root of its own in memory, with the host's programs and the lab's disk in it, leaves the host's root, and
# becomes the init that was asked for. The kernel hands over LAB_* as variables: SHARE (the folder for commands, on the host),
# INIT (`plain` or `systemd`), REPO and NODE (folders that have to be there, read-only).
set -eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
root=/mnt
# /proc is still the host's, and mount(8) looks there.
mount -t proc proc /proc
mount -t tmpfs -o mode=755,size=256m root "$root"
cd "$root"
mkdir -p proc sys dev run tmp srv share old
chmod 1777 tmp
mount -t proc proc proc
mount -t sysfs sys sys
mount -t devtmpfs dev dev
mkdir -p dev/pts dev/shm
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
mount -t hostfs -o "$LAB_SHARE" share share

# The lab's disk: what a machine keeps across a reboot.
mount -t ext4 /dev/ubda srv
for kept in etc var home root; do
  mkdir -p "srv/.$kept" "$kept"
  mount --bind "srv/.$kept" "$kept"
done
if [ ! -e etc/passwd ]; then
  # What programs need to run, and no more of the host's: neither its units nor its secrets.
  for name in passwd group nsswitch.conf ld.so.cache ld.so.conf ld.so.conf.d hosts localtime alternatives login.defs os-release \
    pam.d dbus-1 profile bash.bashrc environment; do
    [ ! -e "/etc/$name" ] || cp -a "/etc/$name" etc/
  done
  echo lab >etc/hostname
  : >etc/machine-id
  mkdir -p var/lib var/log var/tmp etc/systemd/system
  ln -s /run var/run
  chmod 1777 var/tmp
  # What libpam-systemd brings: without it no manager of a user starts.
  printf '%s\n' 'account required pam_permit.so' 'session required pam_permit.so' 'session optional pam_systemd.so' >etc/pam.d/systemd-user
  grep -q '^operator:' etc/passwd || echo 'operator:x:4242:4242::/home/operator:/bin/sh' >>etc/passwd
  grep -q '^operator:' etc/group || echo 'operator:x:4242:' >>etc/group
  mkdir -p home/operator
  chown 4242:4242 home/operator
fi

# The host's programs.
for name in usr bin sbin lib lib32 lib64 libx32; do
  if [ -h "/$name" ]; then cp -P "/$name" .; elif [ -d "/$name" ]; then mkdir "$name"; mount --bind "/$name" "$name"; fi
done
for folder in "$LAB_REPO" "$LAB_NODE"; do
  [ ! -d ".$folder" ] || continue
  mkdir -p ".$folder"
  mount --bind "$folder" ".$folder"
done

pivot_root . old
cd /
umount -l /old
hostname lab
agent="sh '$LAB_REPO/scripts/lab/guest/agent.sh'"
case $LAB_INIT in
systemd)
  printf '%s\n' '[Service]' "Environment=PATH=$PATH" "ExecStart=/bin/$agent" 'KillMode=process' >/run/lab-agent.service
  # It reports when the machine has come up, and belongs to no slice in which something else is to be seen.
  mkdir -p /run/systemd/system/multi-user.target.wants
  mv /run/lab-agent.service /run/systemd/system/
  ln -s ../lab-agent.service /run/systemd/system/multi-user.target.wants/
  for unit in systemd-udevd systemd-timesyncd systemd-networkd systemd-resolved; do ln -sf /dev/null "/run/systemd/system/$unit.service"; done
  exec /lib/systemd/systemd --log-target=console --log-level=notice
  ;;
*)
  ip link set lo up 2>/dev/null || :
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  # Waits for the agent, which never ends, and so for all that are left without a parent.
  eval "$agent" &
  while :; do wait; done
  ;;
esac
