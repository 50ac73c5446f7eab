'use strict';
// Part of exit-journal.cjs, inside PM2's daemon: the processes of cluster apps, which PM2 forks itself, past the launcher. For each it
// writes what the launcher would have written into a lock file, into `run/<key>.worker`, and notes its end in the same journal:
//   <pid> <start time in ticks since boot> <boot id> <start id> <how often started for that start id>
// While PM2 replaces a process by a new one both live. The file names the old one until that has ended, so that who is gone from the
// file has a line in the journal; a new one that ends before it has taken that place is no process of the service.

const cluster = require('node:cluster');
const fs = require('node:fs');
const path = require('node:path');

module.exports = { watchCluster };

/** @param noteExit Called with the line for each process that ended, before PM2 hears of it. */
function watchCluster(folder, noteExit) {
  const fork = cluster.fork;
  const known = { folder, starts: new Map(), live: new Map() };
  cluster.fork = function forkNoted(env) {
    const worker = fork.call(this, env);
    try {
      watchWorker(known, worker, JSON.parse(env.pm2_env), noteExit);
    } catch {
      // No app of PM2's, or one without our words: it is PM2's alone.
    }
    return worker;
  };
}

function watchWorker(known, worker, app, noteExit) {
  const { pid } = worker.process;
  if (pid === undefined || typeof app.sigctl_start_id !== 'string') return;
  const key = app.instances > 1 ? `${app.name}-${app.SIGCTL_INSTANCE}` : app.name;
  const member = { pid, key, startId: app.sigctl_start_id, written: undefined };
  const members = known.live.get(key) ?? [];
  known.live.set(key, members);
  members.push(member);
  if (members[0] === member) takePlace(known, member);
  // Before PM2's own listener, which starts the next one.
  worker.process.prependOnceListener('exit', (code, signal) => {
    members.splice(members.indexOf(member), 1);
    if (member.written === undefined) return;
    noteExit({ key, pid, code, signal, log: app.pm_out_log_path, child: worker, ...member.written });
    if (members[0] !== undefined) takePlace(known, members[0]);
  });
}

function takePlace({ folder, starts }, member) {
  const { pid, key, startId } = member;
  const name = `${key} ${startId}`;
  starts.set(name, (starts.get(name) ?? 0) + 1);
  const record = `${pid} ${readStartToken(pid)} ${readBootId()} ${startId} ${starts.get(name)}`;
  member.written = { record, recordAtMs: Date.now() };
  const file = path.join(folder, `${key}.worker`);
  try {
    fs.writeFileSync(`${file}.new`, `${record}\n`, { mode: 0o600 });
    fs.renameSync(`${file}.new`, file);
  } catch {
    // A full disk: the process runs, and is not seen before the next one.
  }
}

function readStartToken(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '-';
  }
}

function readBootId() {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '-';
  }
}
