import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exitJournalPath, gatePath, homePaths, lockPath, logPath } from '../../src/process/home.js';
import { readBootId, readProcStat } from '../../src/process/proc-stat.js';
import { writeRemembered } from '../../src/process/shell-env.js';
import { pruneHistory } from '../../src/record/prune-history.js';
import { reconcile } from '../../src/record/reconcile.js';
import { recordEvent } from '../../src/store/events.js';
import { readHistory } from '../../src/store/history.js';
import { recordIntent } from '../../src/store/intents.js';
import { openStatusDb, type StatusDb } from '../../src/store/open.js';
import { recordMemory } from '../../src/store/processes.js';
import { tempFolder } from '../service/rig.js';
import { serviceSpec, stackOf, WATCH_POLICY } from '../stack-literals.js';

const RECONCILER = fileURLToPath(new URL('../fixtures/record/reconciler.ts', import.meta.url));
const ALL = { services: [], kinds: [], limit: 10_000 };
const START_ID = 'start-id';

/** A stack whose processes are told by hand: lock file, journal and log are written as the launcher and PM2 would. */
function rigOf(t: TestContext, spec = serviceSpec('web')) {
  const root = tempFolder(t);
  const paths = homePaths(root, join(root, '.sigctl'));
  for (const folder of [paths.run, paths.logs]) mkdirSync(folder, { recursive: true });
  const db = openStatusDb(paths.statusDb);
  t.after(() => db.close());
  const stack = stackOf([spec], { root });
  return {
    root,
    db,
    paths,
    record: (nowMs = Date.now()) => reconcile(db, { stack, paths, nowMs, version: '1.2.3' }),
    lock: (pid: number, starts: number, { token = 'gone', boot = readBootId() } = {}) =>
      writeFileSync(lockPath(paths, 'web'), lockLine(pid, starts, token, boot)),
    journal: (line: Record<string, unknown>) => appendFileSync(exitJournalPath(paths), `${JSON.stringify(line)}\n`),
    log: (text: string) => appendFileSync(logPath(paths, 'web'), text),
  };
}

const lockLine = (pid: number, starts: number, token = 'gone', boot = readBootId()): string =>
  `${pid} ${token} ${boot} ${START_ID} ${starts}\n`;

function exitLine(pid: number, starts: number, rest: Record<string, unknown> = {}) {
  const record = lockLine(pid, starts).trim();
  return {
    key: 'web',
    pid,
    code: 3,
    signal: null,
    atMs: 5_000,
    logBytes: 0,
    byPm2: false,
    record,
    recordAtMs: 4_000,
    ...rest,
  };
}

/** `start operator`, `exit crash`: kinds with causes, oldest first. */
const told = (db: StatusDb) => readHistory(db, ALL).map(({ kind, cause }) => `${kind} ${cause}`);

test('reconcile() tells a start by its intent, an exit by the journal, and a restart by what was before it', (t) => {
  const rig = rigOf(t);
  const startToken = readProcStat(process.pid)?.startToken ?? '';
  recordIntent(rig.db, {
    key: 'web',
    subject: { kind: 'start', startId: START_ID },
    cause: 'operator',
    actor: 'operator ann',
    atMs: 1,
    detail: { command: 'start web', hash: 'f00' },
  });
  rig.lock(process.pid, 2, { token: startToken });
  rig.log('from before\ncannot open the vault\n');
  rig.journal(exitLine(77, 1, { logBytes: 34 }));
  rig.record();
  const [start, exit, again] = readHistory(rig.db, ALL);
  assert.deepEqual(
    [start?.kind, start?.cause, start?.actor, start?.pid, start?.atMs],
    ['start', 'operator', 'operator ann', 77, 4_000],
  );
  assert.deepEqual(
    [exit?.kind, exit?.cause, exit?.exitCode, exit?.manifestHash, exit?.version],
    ['exit', 'crash', 3, 'f00', '1.2.3'],
  );
  assert.deepEqual(exit?.logTail, ['from before', 'cannot open the vault']);
  assert.equal(exit?.detail?.['uptimeMs'], 1_000);
  assert.deepEqual([again?.kind, again?.cause, again?.actor, again?.pid], ['start', 'crash', 'pm2', process.pid]);
  assert.equal(again?.detail?.['reason'], 'restarted by pm2 after crash');
});

test('reconcile() without news writes nothing', (t) => {
  const rig = rigOf(t);
  rig.lock(process.pid, 1, { token: readProcStat(process.pid)?.startToken ?? '' });
  assert.equal(rig.record().length, 1);
  const before = rig.db.pragma('data_version', { simple: true });
  const changes = rig.db.prepare('SELECT total_changes() AS n').pluck();
  const count = changes.get();
  assert.deepEqual(rig.record(), []);
  assert.equal(changes.get(), count);
  assert.equal(rig.db.pragma('data_version', { simple: true }), before);
});

test('reconcile() gives an exit the lines of its own process, and only those of the log up to its end', (t) => {
  const rig = rigOf(t);
  rig.log('JavaScript heap out of memory\n');
  rig.journal(exitLine(77, 1, { code: null, signal: 'SIGABRT', logBytes: 30 }));
  rig.record();
  rig.log('second run\nthird run\n');
  rig.journal(exitLine(78, 2, { code: null, signal: 'SIGABRT', logBytes: 41 }));
  rig.record();
  const exits = readHistory(rig.db, { ...ALL, kinds: ['exit'] });
  assert.deepEqual(
    exits.map(({ cause, logTail }) => [cause, logTail]),
    [
      ['heap-limit', ['JavaScript heap out of memory']],
      ['signal', ['second run']],
    ],
  );
});

test('reconcile() keeps the last 50 lines of an exit, long ones cut, and masks secrets in lines and reasons', (t) => {
  const rig = rigOf(t, serviceSpec('web', { env: { API_TOKEN: 'tell-nobody' } }));
  writeRemembered(rig.paths.home, { DB_PASSWORD: 'hunter-two' });
  const lines = Array.from({ length: 80 }, (_, index) => `line ${index} tell-nobody`);
  const text = `${lines.join('\n')}\n${'x'.repeat(5_000)}\n`;
  rig.log(text);
  rig.lock(77, 1);
  recordIntent(rig.db, {
    key: 'web',
    subject: { kind: 'exit', process: { pid: 77, startToken: 'gone' } },
    cause: 'unhealthy',
    actor: 'watchdog',
    atMs: 1,
    detail: { reason: 'http /health: bad password hunter-two' },
  });
  rig.journal(exitLine(77, 1, { logBytes: text.length }));
  rig.record();
  const [exit] = readHistory(rig.db, { ...ALL, kinds: ['exit'] });
  assert.equal(exit?.logTail?.length, 50);
  assert.equal(exit?.logTail?.[0], 'line 31 *****');
  assert.equal(exit?.logTail?.at(-1)?.length, 500);
  assert.equal(exit?.detail?.['reason'], 'http /health: bad password *****');
  assert.doesNotMatch(JSON.stringify(readHistory(rig.db, ALL)), /tell-nobody|hunter-two/);
});

test('reconcile() tells a process that vanished: with the machine, or with no daemon to see it', (t) => {
  const rig = rigOf(t);
  rig.lock(77, 1, { boot: 'an-earlier-boot' });
  rig.record();
  rig.lock(78, 2);
  rig.record();
  assert.deepEqual(told(rig.db).sort(), ['exit pm2-death', 'exit reboot', 'start null', 'start reboot']);
});

test('reconcile() records a refusal once, however often the launcher is refused', (t) => {
  const rig = rigOf(t);
  for (const atMs of [1, 2, 3]) {
    rig.journal({ key: 'web', pid: 90 + atMs, code: 75, signal: null, atMs, logBytes: 0, byPm2: false });
    rig.record();
  }
  assert.deepEqual(told(rig.db), ['refused refused']);
});

test('reconcile() tells a crash loop from a code that is not restarted by what the launcher left behind', (t) => {
  for (const [state, kind, words] of [
    ['open', 'crash-loop', /^4 exits within 2m: nobody starts it again until "sigctl start web" does$/],
    ['never', 'refused', /^its exit code is one that is not restarted/],
  ] as const) {
    const rig = rigOf(t);
    writeFileSync(gatePath(rig.paths, 'web'), `${START_ID} ${state} 91 t 5 4 120000 0\n`);
    rig.journal(exitLine(77, 1));
    rig.journal({ key: 'web', pid: 91, code: 79, signal: null, atMs: 6_000, logBytes: 0, byPm2: false });
    rig.record();
    const event = readHistory(rig.db, ALL).at(-1);
    assert.equal(event?.kind, kind);
    assert.match(String(event?.detail?.['reason']), words);
  }
});

test('recordMemory() keeps the largest of a process, and the exit tells it', (t) => {
  const rig = rigOf(t);
  rig.lock(process.pid, 1, { token: readProcStat(process.pid)?.startToken ?? '' });
  rig.record();
  for (const bytes of [10, 30, 20]) recordMemory(rig.db, 'web', bytes);
  rig.journal({ key: 'web', pid: process.pid, code: 1, signal: null, atMs: 9, logBytes: 0, byPm2: false });
  rig.record();
  const exits = readHistory(rig.db, { ...ALL, kinds: ['exit'] });
  assert.deepEqual(
    exits.map(({ memoryBytes }) => memoryBytes),
    [30],
  );
});

test('two processes that record at the same time record each start and exit once', async (t) => {
  const rig = rigOf(t);
  const racers = [1, 2].map(() => {
    const child = spawn(process.execPath, ['--import', 'tsx', RECONCILER, rig.root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const isReady = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve(output));
    });
    t.after(() => child.kill('SIGKILL'));
    return { isReady, ended };
  });
  await Promise.all(racers.map(({ isReady }) => isReady));
  const runs = 300;
  for (let starts = 1; starts <= runs; starts++) {
    rig.lock(1_000 + starts, starts);
    rig.journal(exitLine(1_000 + starts, starts, { atMs: starts }));
    await new Promise(setImmediate);
  }
  writeFileSync(join(rig.root, 'stop'), '');
  const outputs = await Promise.all(racers.map(({ ended }) => ended));
  const events = readHistory(rig.db, ALL);
  const once = (kind: string) => events.filter((event) => event.kind === kind).map(({ pid }) => pid);
  const wanted = Array.from({ length: runs }, (_, index) => 1_001 + index);
  const sorted = (pids: readonly (number | null)[]) => [...pids].sort((left, right) => Number(left) - Number(right));
  assert.deepEqual(sorted(once('exit')), wanted);
  assert.deepEqual(sorted(once('start')), wanted);
  const written = outputs.map((output) => Number(output.trim().split('\n').at(-1)));
  assert.equal(
    written.reduce((sum, count) => sum + count, 0),
    events.length,
  );
});

test('pruneHistory() forgets by age and by number, the oldest first', (t) => {
  const { db } = rigOf(t);
  for (let atMs = 1; atMs <= 20; atMs++) recordEvent(db, { atMs, service: 'web', kind: 'start', actor: 'ann' });
  pruneHistory(db, { ...WATCH_POLICY.history, keepMs: 15, maxEvents: 100 }, 20);
  assert.equal(readHistory(db, ALL)[0]?.atMs, 5);
  pruneHistory(db, { ...WATCH_POLICY.history, keepMs: 100, maxEvents: 3 }, 20);
  assert.deepEqual(
    readHistory(db, ALL).map(({ atMs }) => atMs),
    [18, 19, 20],
  );
});

test('readHistory() narrows by service, kind and time, from inclusive and until exclusive', (t) => {
  const { db } = rigOf(t);
  for (const [atMs, service, kind] of [
    [1, 'web', 'start'],
    [2, 'api', 'exit'],
    [3, 'web', 'exit'],
    [4, 'web', 'exit'],
  ] as const) {
    recordEvent(db, { atMs, service, kind, actor: 'ann' });
  }
  const times = (query: Partial<Parameters<typeof readHistory>[1]>) =>
    readHistory(db, { ...ALL, ...query }).map(({ atMs }) => atMs);
  assert.deepEqual(times({ services: ['web'] }), [1, 3, 4]);
  assert.deepEqual(times({ services: ['web', 'api'], kinds: ['exit'] }), [2, 3, 4]);
  assert.deepEqual(times({ sinceMs: 2, untilMs: 4 }), [2, 3]);
  assert.deepEqual(times({ limit: 1 }), [4]);
});
