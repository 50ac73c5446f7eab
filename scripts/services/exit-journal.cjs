'use strict';
// Preloaded into PM2's daemon (`node -r exit-journal.cjs Daemon.js`): notes how each process behind the launcher, and each of a
// cluster app, ended, before PM2 starts it again. PM2 itself stores a death by signal as exit code 0, and writes SIGINT where there was no signal.
//
// One line of JSON per exit, appended to $SIGCTL_EXIT_JOURNAL; above 512 KB the file becomes `<file>.1` and a new one begins:
//   {"key","pid","code","signal","atMs","logBytes","byPm2","daemonSignal","record","recordAtMs"}
// `logBytes`: size of the service's log at that moment. `byPm2`: PM2 ended it (a stop, its cron schedule, its memory limit).
// `daemonSignal`: the daemon itself had been told to end by this signal, at which it ends everybody; absent otherwise.
// `record`: the line of its lock file, and when it was written; that of an earlier process when this one never became the service.
// A process that is started again learns how the one before it ended, as the launcher's last argument: `code:3`,
// `signal:SIGKILL`, `asked` (by PM2), or nothing at its first start.
//
// Nothing here may throw: it runs inside the daemon.

const childProcess = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
require('./full-disk.cjs');
const { watchCluster } = require('./cluster-journal.cjs');

const MAX_BYTES = 512 * 1024;
/** While the disk is full lines are kept, up to this number, and written later. */
const MAX_PENDING = 1000;
const RETRY_MS = 1000;

const journal = process.env.SIGCTL_EXIT_JOURNAL;
// The workers of a cluster inherit this file with node's other options, and have nothing to note.
delete process.env.SIGCTL_EXIT_JOURNAL;

/** At which PM2 7.0.4 ends all services and then itself (lib/Daemon.js). */
const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT'];
let daemonSignal;

if (journal !== undefined && journal !== '') {
  watchSpawn();
  watchCluster(path.dirname(journal), ({ log, child, ...exit }) =>
    note({ ...exit, atMs: Date.now(), logBytes: sizeOf(log), byPm2: wasEndedByPm2(child), daemonSignal }),
  );
  watchSignals();
}

/** Only when PM2 begins to listen: a listener of ours alone would keep a daemon that is just starting from ending. */
function watchSignals() {
  const watched = new Set();
  process.on('newListener', (event) => {
    if (!END_SIGNALS.includes(event) || watched.has(event)) return;
    watched.add(event);
    process.prependListener(event, () => {
      daemonSignal ??= event;
    });
  });
}

function watchSpawn() {
  const spawn = childProcess.spawn;
  const lastEnds = new Map();
  childProcess.spawn = function spawnNoted(...call) {
    const [command, args, options] = call;
    const launched = readLauncherCall(command, args);
    if (launched === undefined) return spawn.apply(this, call);
    const child = spawn.call(this, command, [...args, lastEnds.get(launched.key) ?? ''], options);
    child.once('exit', (code, signal) => {
      const byPm2 = wasEndedByPm2(child);
      lastEnds.set(launched.key, byPm2 ? 'asked' : signal === null ? `code:${code}` : `signal:${signal}`);
      note({
        key: launched.key,
        pid: child.pid,
        code,
        signal,
        atMs: Date.now(),
        logBytes: sizeOf(launched.log),
        byPm2,
        daemonSignal,
        ...readLockRecord(launched.lock),
      });
    });
    return child;
  };
}

/** `env -i sh launch.sh <key>.launch <log>`: what src/pm2/app-record.ts tells PM2 to start. */
function readLauncherCall(command, args) {
  if (command !== '/usr/bin/env' || !Array.isArray(args) || args[0] !== '-i' || args.length !== 5) return undefined;
  const [, , , file, log] = args;
  if (!String(file).endsWith('.launch')) return undefined;
  return { key: path.basename(file, '.launch'), log, lock: String(file).replace(/\.launch$/, '.lock') };
}

/** Nobody else writes into the lock file meanwhile: PM2 starts the next process only after this. */
function readLockRecord(file) {
  try {
    return {
      record: fs.readFileSync(file, 'utf8').split('\n')[0].trim(),
      recordAtMs: Math.round(fs.statSync(file).mtimeMs),
    };
  } catch {
    // Taken away, or never there: the exit is noted all the same.
    return {};
  }
}

/** PM2 7.0.4 puts its record on the child (lib/God/ForkMode.js), and sets the status before it signals. */
function wasEndedByPm2(child) {
  const status = child.pm2_env?.status;
  return status === 'stopping' || status === 'stopped';
}

const pending = [];
/** What stands last in the file may be half a line, of a daemon that was killed or a disk that was full. */
let mayBeTorn = true;
/** While it is set, another attempt will come. */
let retryTimer = null;

function note(exit) {
  pending.push(`${JSON.stringify(exit)}\n`);
  if (pending.length > MAX_PENDING) pending.shift();
  flush();
}

function flush() {
  try {
    if (sizeOf(journal) > MAX_BYTES) fs.renameSync(journal, `${journal}.1`);
    for (; pending.length > 0; pending.shift()) {
      const end = mayBeTorn && sizeOf(journal) > 0 ? '\n' : '';
      mayBeTorn = true;
      fs.appendFileSync(journal, end + pending[0], { mode: 0o600 });
      mayBeTorn = false;
    }
  } catch {
    // No space, no folder: the lines wait. Whoever reads half a line now skips it, and finds it whole later.
    if (retryTimer !== null) return;
    retryTimer = setTimeout(() => {
      retryTimer = null;
      flush();
    }, RETRY_MS).unref();
  }
}

function sizeOf(file) {
  try {
    return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // EACCES, ENOTDIR: as good as empty.
    return 0;
  }
}
