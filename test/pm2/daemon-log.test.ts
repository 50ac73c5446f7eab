import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDaemonLog, readLoggedExits } from '../../src/pm2/daemon-log.js';
import { app, startRig } from '../e2e/rig.js';

// Lines of a real pm2.log: PM2 7.0.4, a stack of crashes-at-once.mjs, dies-by-signal.mjs and two copies of idle.mjs.
const CRASH = `\
2026-11-22T16:08:07.101+00:00: PM2 log: App [crasher:0] starting in -fork mode-
2026-11-22T16:08:07.104+00:00: PM2 log: App [crasher:0] online
2026-11-22T16:08:07.312+00:00: PM2 log: App [crasher:0] exited with code [3] via signal [SIGINT]
2026-11-22T16:08:07.313+00:00: PM2 log: App [crasher:0] will restart in 1ms
`;
const FAULT = `\
2026-11-22T16:08:07.320+00:00: PM2 log: App [faulty:1] starting in -fork mode-
2026-11-22T16:08:07.325+00:00: PM2 log: App [faulty:1] online
2026-11-22T16:08:07.640+00:00: PM2 log: App [faulty:1] exited with code [0] via signal [SIGSEGV]
2026-11-22T16:08:07.641+00:00: PM2 log: App [faulty:1] will restart in 1ms
`;
const GAVE_UP = `\
2026-11-22T16:08:08.001+00:00: PM2 log: App [crasher:0] exited with code [3] via signal [SIGINT]
2026-11-22T16:08:08.002+00:00: PM2 log: Script /usr/bin/env had too many unstable restarts (3). Stopped. "errored"
2026-11-22T16:08:08.003+00:00: PM2 log: App [crasher:0] will restart in 1ms
`;
const STOPPED = `\
2026-11-22T16:08:10.100+00:00: PM2 log: Stopping app:web-0 id:2
2026-11-22T16:08:10.101+00:00: PM2 log: Stopping app:web-1 id:3
2026-11-22T16:08:10.160+00:00: PM2 log: App [web-0:2] exited with code [0] via signal [SIGINT]
2026-11-22T16:08:10.161+00:00: PM2 log: App [web-0:2] will restart in 10ms
2026-11-22T16:08:10.190+00:00: PM2 log: pid=7120 msg=process tree killed (1 pids)
`;
const START_AGAIN = `\
2026-11-22T16:08:09.010+00:00: PM2 log: Stopping app:crasher id:0
2026-11-22T16:08:09.011+00:00: PM2 error: app=crasher id=0 does not have a pid
2026-11-22T16:08:09.020+00:00: PM2 log: App [crasher:4] starting in -fork mode-
2026-11-22T16:08:09.024+00:00: PM2 log: App [crasher:4] online
`;
const HEAD = `\
2026-11-22T16:08:07.001+00:00: PM2 log: ===============================================================================
2026-11-22T16:08:07.001+00:00: PM2 log: --- New PM2 Daemon started ----------------------------------------------------
2026-11-22T16:08:07.002+00:00: PM2 log: Time                 : Sun Nov 22 2026 16:08:07 GMT+0000 (Coordinated Universal Time)
2026-11-22T16:08:07.002+00:00: PM2 log: PM2 version          : 7.0.4
`;

test('an exit with a code is told with its time, and without the signal that PM2 makes up', () => {
  assert.deepEqual(parseDaemonLog(HEAD + CRASH).get('crasher'), {
    atMs: Date.UTC(2026, 10, 22, 16, 8, 7, 312),
    code: 3,
    signal: null,
    gaveUp: false,
  });
});

test('a death by signal has the signal and no code', () => {
  assert.deepEqual(parseDaemonLog(FAULT).get('faulty'), {
    atMs: Date.UTC(2026, 10, 22, 16, 8, 7, 640),
    code: null,
    signal: 'SIGSEGV',
    gaveUp: false,
  });
});

test('an orderly stop is exit code 0, for each process of a service by itself', () => {
  const exits = parseDaemonLog(STOPPED);
  assert.deepEqual([...exits.keys()], ['web-0']);
  assert.equal(exits.get('web-0')?.code, 0);
});

test('the app that PM2 gave up on is the one that exited right before, also among others', () => {
  const exits = parseDaemonLog(CRASH + FAULT + GAVE_UP);
  assert.equal(exits.get('crasher')?.gaveUp, true);
  assert.equal(exits.get('faulty')?.gaveUp, false);
});

test('a start after giving up takes that back, and the last exit stays known', () => {
  const exit = parseDaemonLog(CRASH + GAVE_UP + START_AGAIN).get('crasher');
  assert.equal(exit?.gaveUp, false);
  assert.equal(exit?.code, 3);
});

test('a line without a time, as PM2 writes with an empty date format, is read all the same', () => {
  const line = 'App [crasher:0] exited with code [3] via signal [SIGINT]';
  assert.deepEqual(parseDaemonLog(line).get('crasher'), { atMs: null, code: 3, signal: null, gaveUp: false });
  assert.equal(parseDaemonLog(`yesterday: PM2 log: ${line}`).get('crasher')?.atMs, null);
});

test('a name that holds brackets and colons is read whole', () => {
  const line = '2026-11-22T16:08:07Z: PM2 log: App [a [b]:7:12] exited with code [137] via signal [SIGINT]';
  assert.deepEqual([...parseDaemonLog(line).keys()], ['a [b]:7']);
});

test('lines that were cut off, and lines of something else, say nothing', () => {
  const line = CRASH.split('\n')[2] ?? '';
  for (let length = 0; length < line.length; length += 3) {
    assert.equal(parseDaemonLog(line.slice(0, length)).size, 0, line.slice(0, length));
  }
  const hostile = [
    '',
    '\0'.repeat(500),
    'x'.repeat(500_000),
    'App [] exited with code [x] via signal [?]',
    GAVE_UP.slice(90),
  ];
  for (const text of hostile) assert.equal(parseDaemonLog(text).size, 0);
  assert.equal(parseDaemonLog('had too many unstable restarts').size, 0);
});

test('readLoggedExits() reads the end of a log of any length, and knows nothing without a log', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'sigctl-pm2-'));
  t.after(() => rmSync(home, { recursive: true }));
  assert.equal(readLoggedExits(home).size, 0);
  writeFileSync(join(home, 'pm2.log'), FAULT + STOPPED.repeat(1_500) + CRASH);
  assert.deepEqual([...readLoggedExits(home).keys()], ['web-0', 'crasher']);
});

test('an exit is dated right, whatever the time zone of the shell that asks', async (t) => {
  const rig = await startRig(t, { apps: [app('faulty', 'dies-by-signal.mjs', { autorestart: false })] });
  const before = Date.now();
  const run = await rig.sigctl(['start', '--json'], { env: { TZ: 'Asia/Tokyo' } });
  assert.equal(JSON.parse(run.stdout).outcomes[0].exitSignal, 'SIGSEGV');
  const exit = readLoggedExits(join(rig.home, 'pm2')).get('faulty');
  assert.ok((exit?.atMs ?? 0) >= before - 1_000 && (exit?.atMs ?? 0) <= Date.now(), String(exit?.atMs));
  const { stdout } = await rig.sigctl(['status', '--json'], { env: { TZ: 'America/New_York' } });
  assert.match(JSON.parse(stdout).services[0].reason, /^killed by SIGSEGV, (\d+ms|\d+(\.\d)?s) ago$/);
});
