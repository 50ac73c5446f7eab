import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import type { Finding, FixOutcome, Severity } from '../../src/core/finding.js';
import { isGone, isPidAlive } from './alive.js';
import { freePort } from './free-port.js';
import { app, collect, kill, REPO, type Rig, startRig, until } from './rig.js';

/** A watchdog would bring back what is killed here, and whoever has a damaged database open still sees it whole, in its write-ahead log. */
const UNWATCHED = { sigctl: { watchdog: false } };

interface Visit {
  readonly exitCode: number | null;
  readonly ok: boolean;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly findings: readonly (Omit<Finding, 'remedy'> & { readonly fixable: boolean })[];
  readonly fixes: readonly FixOutcome[];
}

/** They depend on the machine that runs the tests. */
const OF_THE_MACHINE = ['CLOCK_UNSYNCED', 'DISK_LOW', 'INODES_LOW', 'MEMORY_LOW', 'OPEN_FILES_LOW', 'FLOCK_MISSING'];

async function visit(rig: Rig, ...args: string[]): Promise<Visit> {
  const { exitCode, stdout, stderr } = await rig.sigctl(['doctor', '--json', ...args]);
  assert.notEqual(exitCode, 70, stderr);
  const document = JSON.parse(stdout) as Omit<Visit, 'exitCode'>;
  return { ...document, exitCode };
}

/** `error PORT_HELD web` for each warning and error, sorted. */
function trouble({ findings }: Visit): readonly string[] {
  return findings
    .filter(({ severity, code }) => (severity === 'error' || severity === 'warning') && !OF_THE_MACHINE.includes(code))
    .map(({ severity, code, subject }) => `${severity} ${code}${subject === null ? '' : ` ${subject}`}`)
    .sort();
}

function find({ findings }: Visit, code: string): Visit['findings'][number] {
  return findings.find((finding) => finding.code === code) ?? assert.fail(`no ${code} among the findings`);
}

async function startAll(rig: Rig): Promise<void> {
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
}

/** A process that has nothing to do with the stack. */
function startStranger(t: TestContext): number {
  const stranger = spawn('/bin/sleep', ['600']);
  t.after(() => stranger.kill('SIGKILL'));
  return stranger.pid ?? assert.fail('no stranger');
}

/** A real process that listens on the port and ends with the test. */
async function takePort(t: TestContext, rig: Rig, port: number): Promise<number> {
  const stranger = spawn(process.execPath, [join(rig.root, 'listens.mjs')], { env: { PORT: String(port) } });
  t.after(() => stranger.kill('SIGKILL'));
  await once(stranger.stdout, 'data');
  return stranger.pid ?? assert.fail('no stranger');
}

/** As after a power cut: no process is left, and nobody cleaned up. */
async function killEverything(rig: Rig, keys: readonly string[]): Promise<void> {
  const pids = ['pm2', ...keys].map(rig.pid);
  for (const pid of pids) {
    kill(pid);
    await until(() => !isPidAlive(pid));
  }
}

test('a project where nothing was ever started is in order, and doctor leaves no state there', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  for (const args of [[], ['--fix']]) {
    const { ok, findings, fixes } = await visit(rig, ...args);
    assert.equal(ok, true, JSON.stringify(findings));
    assert.deepEqual(fixes, []);
  }
  assert.deepEqual(trouble(await visit(rig)), []);
  assert.equal(existsSync(rig.home), false);
});

test('a folder without a manifest is a finding with exit code 1, and the other checks are still made', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  rmSync(join(rig.root, 'ecosystem.config.cjs'));
  const seen = await visit(rig);
  assert.equal(seen.exitCode, 1);
  assert.deepEqual(trouble(seen), ['error MANIFEST_NOT_FOUND']);
  assert.ok(seen.findings.some(({ check, severity }) => check === 'disk' && severity !== 'error'));
  assert.equal(find(seen, 'NOT_CHECKED').severity, 'info');
});

test('a running stack is in order, and doctor disturbs neither its processes nor its logs', async (t) => {
  const port = await freePort();
  const web = app('web', 'listens.mjs', { env: { PORT: String(port) }, max_memory_restart: '200M', sigctl: { port } });
  const rig = await startRig(t, { apps: [web, app('a', 'counts.mjs')] });
  await startAll(rig);
  const pids = ['pm2', 'web', 'a'].map(rig.pid);
  const seen = await visit(rig, '--fix');
  assert.deepEqual(trouble(seen), []);
  assert.equal(seen.exitCode, 0);
  assert.match(find(seen, 'NO_MEMORY_LIMIT').evidence, /1 service without a memory limit: a\./);
  assert.deepEqual(['pm2', 'web', 'a'].map(rig.pid), pids);
  assert.ok(pids.every(isPidAlive));
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.deepEqual(trouble(await visit(rig)), []);
});

test('a port that a stranger holds is named with its pid and command, and the stranger is not ended', async (t) => {
  const port = await freePort();
  const rig = await startRig(t, {
    apps: [app('web', 'listens.mjs', { env: { PORT: String(port) }, autorestart: false, sigctl: { port } })],
  });
  const stranger = await takePort(t, rig, port);
  const before = await visit(rig, '--fix');
  assert.deepEqual(trouble(before), ['warning PORT_HELD web']);
  assert.equal(before.exitCode, 0);
  assert.equal((await visit(rig, '--strict')).exitCode, 1);
  assert.match(
    find(before, 'PORT_HELD').evidence,
    new RegExp(`port ${port} is held by pid ${stranger} \\(.*listens\\.mjs\\)`),
  );

  kill(stranger);
  await until(() => !isPidAlive(stranger));
  await startAll(rig);
  kill(rig.pid('web'));
  const next = await takePort(t, rig, port);
  const after = await visit(rig, '--fix');
  assert.equal(find(after, 'PORT_HELD').severity, 'error');
  assert.equal(after.exitCode, 1);
  assert.ok(isPidAlive(next), 'the stranger was ended');
});

test('after a power cut the stale PID files and sockets are found, --fix removes them, and the stack starts', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs'), app('b', 'idle.mjs')], ...UNWATCHED });
  await startAll(rig);
  await killEverything(rig, ['a', 'b']);
  const seen = await visit(rig);
  assert.equal(seen.exitCode, 1);
  assert.deepEqual(trouble(seen), [
    'error SERVICE_DOWN a',
    'error SERVICE_DOWN b',
    'warning STALE_PID_FILE a',
    'warning STALE_PID_FILE b',
    'warning STALE_PID_FILE pm2',
  ]);
  assert.match(find(seen, 'STALE_PID_FILE').evidence, /names pid \d+, which does not live/);
  assert.ok(find(seen, 'STALE_SOCKET').fixable);

  const fixed = await visit(rig, '--fix');
  assert.deepEqual(
    fixed.fixes.map(({ kind }) => kind),
    ['fixed', 'fixed', 'fixed', 'fixed'],
  );
  assert.deepEqual(trouble(fixed), ['error SERVICE_DOWN a', 'error SERVICE_DOWN b']);
  for (const file of ['run/a.pid', 'run/b.pid', 'run/pm2.pid', 'pm2/rpc.sock']) {
    assert.equal(existsSync(join(rig.home, file)), false, file);
  }
  assert.deepEqual((await visit(rig, '--fix')).fixes, []);
  await startAll(rig);
  assert.deepEqual(trouble(await visit(rig)), []);
});

test("a PID file with a stranger's number is removed, and the stranger lives on", async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
  await startAll(rig);
  await killEverything(rig, ['a']);
  const stranger = startStranger(t);
  writeFileSync(join(rig.home, 'run/a.pid'), String(stranger));
  const lock = join(rig.home, 'run/a.lock');
  writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^\d+/, String(stranger)));
  const seen = await visit(rig, '--fix');
  assert.equal(seen.fixes.find(({ subject }) => subject === 'a')?.kind, 'fixed');
  assert.equal(existsSync(join(rig.home, 'run/a.pid')), false);
  assert.ok(isPidAlive(stranger), 'the stranger was ended');
});

test('a stopped PM2 daemon is found silent within its deadline, its sockets are left, and it goes on when continued', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  await startAll(rig);
  kill(rig.pid('pm2'), 'SIGSTOP');
  const seen = await visit(rig, '--fix');
  assert.equal(seen.exitCode, 1);
  assert.deepEqual(trouble(seen), [`error DAEMON_SILENT pid ${rig.pid('pm2')}`]);
  assert.equal(find(seen, 'DAEMON_SILENT').mend, `kill -CONT ${rig.pid('pm2')}`);
  assert.deepEqual(seen.fixes, []);
  kill(rig.pid('pm2'), 'SIGCONT');
  assert.deepEqual(trouble(await visit(rig)), []);
});

test('services that PM2 lost are orphans; --fix leaves them running and says which command takes them back', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'counts.mjs'), app('b', 'idle.mjs')], ...UNWATCHED });
  await startAll(rig);
  const daemon = rig.pid('pm2');
  const pids = ['a', 'b'].map(rig.pid);
  kill(daemon);
  await until(() => !isPidAlive(daemon));
  const seen = await visit(rig, '--fix');
  assert.deepEqual(trouble(seen), ['error DAEMON_DOWN', 'warning ORPHAN a', 'warning ORPHAN b']);
  assert.deepEqual(['a', 'b'].map(rig.pid), pids);
  assert.ok(pids.every(isPidAlive));
  assert.equal(find(seen, 'DAEMON_DOWN').mend, 'sigctl recover');
  assert.equal((await rig.sigctl(['recover'])).exitCode, 0);
  assert.deepEqual(trouble(await visit(rig)), []);
});

test('a child that outlived its service is found by the lock that it holds', async (t) => {
  const ready = { ready: { log: 'child' } };
  const rig = await startRig(t, { apps: [app('parent', 'leaves-a-child.sh', { autorestart: false, sigctl: ready })] });
  await startAll(rig);
  const child = Number(/child (\d+)/.exec(rig.log('parent'))?.[1]);
  await until(() => isGone(() => rig.pid('parent')));
  const seen = await visit(rig, '--fix');
  assert.match(find(seen, 'LEFTOVER_PROCESS').evidence, new RegExp(`pid ${child} \\(sleep 600\\)`));
  assert.ok(isPidAlive(child));
});

test('a second copy of a service that has its lock file open is a duplicate', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  await startAll(rig);
  const command = readFileSync(`/proc/${rig.pid('a')}/cmdline`, 'utf8')
    .split('\0')
    .slice(0, -1);
  const lock = join(rig.home, 'run/a.lock');
  const copy = spawn('/bin/sh', ['-c', 'exec 9>>"$0"; exec "$@"', lock, ...command], { cwd: rig.root });
  t.after(() => copy.kill('SIGKILL'));
  await once(copy.stdout, 'data');
  const seen = await visit(rig, '--fix');
  assert.deepEqual(trouble(seen), ['error DUPLICATE a']);
  assert.match(find(seen, 'DUPLICATE').evidence, new RegExp(`pid ${rig.pid('a')} .* pid ${copy.pid} `));
  assert.ok(isPidAlive(copy.pid ?? 0));
});

test('services whose state folder was deleted are found by the deleted lock', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  await startAll(rig);
  const [daemon, service] = ['pm2', 'a'].map(rig.pid);
  t.after(() => {
    for (const pid of [daemon, service]) kill(pid ?? 0);
  });
  rmSync(rig.home, { recursive: true });
  const seen = await visit(rig, '--fix');
  assert.deepEqual(trouble(seen), ['error LOCK_DELETED a']);
  assert.match(find(seen, 'LOCK_DELETED').mend ?? '', new RegExp(`^kill ${service},`));
  assert.ok(isPidAlive(service ?? 0));
});

test('a service that lives and left the manifest is found, and so is one whose entry changed', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs'), app('b', 'idle.mjs')] });
  await startAll(rig);
  rig.writeManifest({ apps: [app('a', 'idle.mjs', { env: { NEW: '1' } })] });
  const seen = await visit(rig);
  assert.deepEqual(trouble(seen), ['warning NOT_IN_MANIFEST b']);
  assert.equal(find(seen, 'SERVICE_CHANGED').mend, 'sigctl restart a');
  assert.equal((await rig.sigctl(['stop', 'b'])).exitCode, 0);
  assert.deepEqual(trouble(await visit(rig)), []);
});

test('a faulty manifest is a finding that lists every fault, and the running services are still looked at', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
  await startAll(rig);
  const daemon = rig.pid('pm2');
  kill(daemon);
  await until(() => !isPidAlive(daemon));
  rig.writeManifest({
    apps: [app('a', 'idle.mjs', { max_memory_restart: 'much' }), app('a', 'idle.mjs', { typo: 1 })],
  });
  const seen = await visit(rig);
  assert.equal(seen.exitCode, 1);
  assert.deepEqual(trouble(seen), [
    'error DAEMON_DOWN',
    'error MANIFEST_INVALID',
    'warning ORPHAN a',
    'warning STALE_PID_FILE pm2',
  ]);
  assert.match(find(seen, 'MANIFEST_INVALID').evidence, /max_memory_restart.*"much".*typo.*when it was last valid/s);
  rig.writeManifest('throw new Error("on purpose")');
  assert.match(find(await visit(rig), 'MANIFEST_INVALID').evidence, /on purpose/);
});

test("another user's doctor says that it may not look into the state folder, and breaks nothing", async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can become somebody else');
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  await startAll(rig);
  for (const folder of [dirname(rig.root), rig.root]) chmodSync(folder, 0o755);
  const nobody = { uid: 65_534, gid: 65_534, cwd: rig.root };
  const args = [join(REPO, 'bin/sigctl'), 'doctor', '--json', '--fix'];
  const { stdout, stderr, exitCode } = await collect(spawn(process.execPath, args, nobody));
  if (/EACCES|Cannot find module/.test(stderr)) return t.skip('sigctl itself lies where others may not look');
  assert.equal(exitCode, 1);
  const seen = { exitCode, ...(JSON.parse(stdout) as Omit<Visit, 'exitCode'>) };
  assert.deepEqual(
    new Set(trouble(seen).map((line) => line.split(' ')[1])),
    new Set(['OWNER_FOREIGN', 'FOLDER_NOT_WRITABLE']),
  );
  assert.equal(seen.findings.find(({ check }) => check === 'databases')?.code, 'NOT_CHECKED');
});

test('a file in the place of the state folder is a finding', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  writeFileSync(rig.home, '');
  const seen = await visit(rig, '--fix');
  assert.equal(seen.exitCode, 1);
  assert.deepEqual(trouble(seen), ['error FOLDER_NOT_WRITABLE .sigctl']);
});

test('a script that does not exist is found before anybody starts it', async (t) => {
  const rig = await startRig(t, {
    apps: [app('a', 'absent.mjs'), app('b', 'loop.py', { interpreter: 'no-such-python' })],
  });
  const seen = await visit(rig);
  assert.deepEqual(trouble(seen), ['warning SCRIPT_MISSING a', 'warning SCRIPT_MISSING b']);
});

for (const [how, damage, code] of [
  ['truncated', (path: string) => truncateSync(path, 5_000), 'DATABASE_BROKEN'],
  ['overwritten', (path: string) => writeFileSync(path, 'no database at all '.repeat(500)), 'DATABASE_BROKEN'],
  ['emptied', (path: string) => truncateSync(path, 0), 'DATABASE_EMPTY'],
  ['of a newer sigctl', (path: string) => setVersion(path, 99), 'DATABASE_TOO_NEW'],
] as const) {
  test(`a status table that is ${how} is a finding, and everything else is still looked at`, async (t) => {
    const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
    await startAll(rig);
    const path = join(rig.home, 'status.db');
    damage(path);
    const before = readFileSync(path);
    const seen = await visit(rig, '--fix');
    assert.equal(seen.exitCode, 1);
    assert.deepEqual(trouble(seen), [`error ${code} .sigctl/status.db`]);
    assert.deepEqual(readFileSync(path), before);
    assert.ok(isPidAlive(rig.pid('a')));
  });
}

function setVersion(path: string, version: number): void {
  const db = new BetterSqlite3(path);
  db.pragma(`user_version = ${version}`);
  db.close();
}

test('the command that doctor gives for a damaged status table mends it', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
  await startAll(rig);
  truncateSync(join(rig.home, 'status.db'), 5_000);
  const [command] = (find(await visit(rig), 'DATABASE_BROKEN').mend ?? '').split(' && sigctl restart');
  const shell = await collect(spawn('/bin/sh', ['-c', command ?? ''], { cwd: rig.root }));
  assert.equal(shell.exitCode, 0, shell.stderr);
  assert.equal((await rig.sigctl(['restart'])).exitCode, 0);
  assert.deepEqual(trouble(await visit(rig)), []);
});

test('a status table that somebody keeps locked is a finding with the pid of who has it open', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
  await startAll(rig);
  const db = new BetterSqlite3(join(rig.home, 'status.db'));
  t.after(() => db.close());
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = DELETE');
  db.exec('BEGIN EXCLUSIVE');
  const seen = await visit(rig, '--fix');
  assert.deepEqual(trouble(seen), ['error DATABASE_LOCKED .sigctl/status.db']);
  assert.match(find(seen, 'DATABASE_LOCKED').evidence, new RegExp(`pid ${process.pid} `));
});

test('what chmod opened and what grew too large is mended by --fix, and the next look finds nothing', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  await startAll(rig);
  const own = join(rig.home, 'data/own.db');
  const writer = new BetterSqlite3(own);
  t.after(() => writer.close());
  growWal(writer, own);
  chmodSync(rig.home, 0o755);
  chmodSync(join(rig.home, 'run/a.launch'), 0o644);
  const seen = await visit(rig);
  assert.equal(seen.exitCode, 1);
  assert.deepEqual(trouble(seen), [
    'error PERMISSIONS_OPEN secrets',
    'warning PERMISSIONS_OPEN .sigctl',
    'warning PERMISSIONS_OPEN databases',
    'warning WAL_LARGE .sigctl/data/own.db',
  ]);
  const fixed = await visit(rig, '--fix', '--strict');
  assert.deepEqual(new Set(fixed.fixes.map(({ kind }) => kind)), new Set(['fixed']));
  assert.deepEqual(trouble(fixed), []);
  assert.equal(statSync(rig.home).mode & 0o777, 0o700);
  assert.equal(statSync(join(rig.home, 'run/a.launch')).mode & 0o777, 0o600);
  assert.deepEqual(trouble(await visit(rig)), []);
  assert.equal((await rig.sigctl(['restart', 'a'])).exitCode, 0);
});

/** The connection stays open, or closing it would move the log. */
function growWal(db: BetterSqlite3.Database, path: string): void {
  db.pragma('journal_mode = WAL');
  db.pragma('wal_autocheckpoint = 0');
  db.exec('CREATE TABLE words (word TEXT)');
  const insert = db.prepare('INSERT INTO words VALUES (?)');
  while (statSync(`${path}-wal`).size <= 66 * 1024 ** 2) insert.run('x'.repeat(1024 ** 2));
}

test('a log from the future says that the clock was set back', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  mkdirSync(join(rig.root, 'logs'));
  const log = join(rig.root, 'logs/a.log');
  writeFileSync(log, '');
  const inAnHour = Date.now() / 1_000 + 3_600;
  utimesSync(log, inAnHour, inAnHour);
  assert.match(find(await visit(rig), 'TIME_IN_FUTURE').evidence, /logs\/a\.log \(in (59m|1h)/);
});

test('a low limit of open files is found', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs', { instances: 10 })] });
  const line = 'ulimit -n 100 && exec "$0" "$@"';
  const args = ['-c', line, process.execPath, join(REPO, 'bin/sigctl'), 'doctor', '--json'];
  const { stdout, exitCode } = await collect(spawn('/bin/sh', args, { cwd: rig.root }));
  const low = (JSON.parse(stdout) as Visit).findings.find(({ code }) => code === 'OPEN_FILES_LOW');
  assert.equal(low?.severity, 'error');
  assert.match(low?.evidence ?? '', /at most 100 open files.* 10 processes under PM2 need 150/);
  assert.equal(exitCode, 1);
});

test('for people the report says each finding with its command, and a state folder elsewhere is followed', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
  await startAll(rig);
  await killEverything(rig, ['a']);
  const moved = join(rig.root, 'state of another kind');
  renameSync(rig.home, moved);
  const { stdout, exitCode } = await rig.sigctl(['doctor'], { env: { SIGCTL_HOME: moved } });
  assert.equal(exitCode, 1);
  assert.match(stdout, /^✖ error {2}SERVICE_DOWN {2}a\n {4}down: /m);
  assert.match(stdout, /^ {4}→ rm 'state of another kind\/run\/a\.pid'$/m);
  assert.match(stdout, /^ok: node, database driver, pm2, manifest/m);
  assert.match(stdout, /^1 error, 2 warnings/m);
  const refused = await rig.sigctl(['doctor', '--nonsense']);
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /--nonsense/);
});

test('a watchdog that is off, missing or stopped is found, and the command that doctor gives mends it', async (t) => {
  const apps = [app('a', 'idle.mjs', { max_memory_restart: '300M' })];
  const rig = await startRig(t, { apps, sigctl: { watchdog: false } });
  await startAll(rig);
  const off = find(await visit(rig), 'WATCHDOG_OFF');
  assert.equal(off.severity, 'warning');
  assert.match(off.evidence, /only it looks at: a/);
  rig.writeManifest({ apps });
  const down = find(await visit(rig), 'WATCHDOG_DOWN');
  assert.deepEqual([down.severity, down.mend], ['error', 'sigctl recover']);
  await startAll(rig);
  await until(async () => trouble(await visit(rig)).length === 0);
  const watchdog = rig.pid('watchdog');
  kill(watchdog, 'SIGSTOP');
  const silent = find(await visit(rig), 'WATCHDOG_SILENT');
  assert.equal(silent.mend, `kill -CONT ${watchdog}`);
  kill(watchdog, 'SIGCONT');
  await until(async () => trouble(await visit(rig)).length === 0);
});
