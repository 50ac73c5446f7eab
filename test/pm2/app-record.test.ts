import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launcherRecord, type Pm2Launch, parsePm2Apps } from '../../src/pm2/app-record.js';

/** One app as getMonitorData of PM2 7.0.4 answers, shortened. */
const ANSWER = {
  pid: 7120,
  name: 'web-0',
  pm2_env: {
    pm_id: 2,
    name: 'web-0',
    status: 'online',
    restart_time: 4,
    pm_uptime: 1_795_363_687_000,
    exec_mode: 'fork_mode',
    env: { SECRET: 'f00d' },
    SECRET: 'f00d',
  },
  monit: { memory: 1, cpu: 0 },
};

const record = (over: Record<string, unknown>, top: Record<string, unknown> = {}): unknown => ({
  ...ANSWER,
  ...top,
  pm2_env: { ...ANSWER.pm2_env, ...over },
});

test('parsePm2Apps() reads what sigctl needs of an app, and nothing of its environment', () => {
  assert.deepEqual(parsePm2Apps([ANSWER]), [
    {
      pmId: 2,
      name: 'web-0',
      pid: 7120,
      status: 'online',
      restarts: 4,
      clusterMode: false,
      startedAtMs: 1_795_363_687_000,
    },
  ]);
  assert.equal(JSON.stringify(parsePm2Apps([ANSWER])).includes('f00d'), false);
});

test('parsePm2Apps() answers with no app to anything that is no list', () => {
  for (const answer of [undefined, null, '', 'apps', 7, {}, { length: 1, 0: ANSWER }, () => [ANSWER]]) {
    assert.deepEqual(parsePm2Apps(answer), []);
  }
});

test('parsePm2Apps() leaves out a record without name or id, and keeps its neighbours', () => {
  const hostile = [
    null,
    7,
    'x',
    [],
    {},
    { pm2_env: null },
    record({ pm_id: '2' }),
    record({ name: 5 }),
    record({ name: undefined }),
  ];
  assert.deepEqual(
    parsePm2Apps([...hostile, ANSWER, ...hostile]).map((app) => app.name),
    ['web-0'],
  );
});

test('parsePm2Apps() takes an impossible pid for none', () => {
  for (const pid of [0, -1, '7120', null, undefined, Number.NaN]) {
    assert.equal(parsePm2Apps([record({}, { pid })])[0]?.pid, undefined, String(pid));
  }
});

test('parsePm2Apps() translates every status of PM2, and calls the rest other', () => {
  const statusOf = (status: unknown) => parsePm2Apps([record({ status })])[0]?.status;
  assert.equal(statusOf('waiting restart'), 'waiting');
  for (const status of ['launching', 'online', 'stopping', 'stopped', 'errored'])
    assert.equal(statusOf(status), status);
  for (const status of ['one-launch-status', '', undefined, null, {}, 'toString', '__proto__', 'constructor']) {
    assert.equal(statusOf(status), 'other', String(status));
  }
});

test('parsePm2Apps() takes numbers that are none for unknown', () => {
  const [app] = parsePm2Apps([record({ restart_time: 'often', pm_uptime: null })]);
  assert.equal(app?.restarts, 0);
  assert.equal(app?.startedAtMs, undefined);
});

const LAUNCH: Pm2Launch = {
  key: 'web-0',
  namespace: 'default',
  launcher: '/opt/sigctl/launch.sh',
  launchFile: '/home/run/web-0.launch',
  logFile: '/project/logs/web-0.log',
  pm2Home: '/home/pm2',
  autorestart: true,
  killTimeoutMs: 5_000,
  memoryLimitBytes: undefined,
  cronRestart: undefined,
  stopCodes: [79, 2],
  readyMessageWithinMs: undefined,
};

test('launcherRecord() holds no environment: PM2 gets the launcher and the path of its file', () => {
  const made = launcherRecord(LAUNCH);
  assert.deepEqual(made['env'], {});
  assert.equal(made['pm_exec_path'], '/usr/bin/env');
  assert.deepEqual(made['args'], [
    ...['-i', '/bin/sh', '/opt/sigctl/launch.sh'],
    ...['/home/run/web-0.launch', '/project/logs/web-0.log'],
  ]);
  const secrets = Object.values(process.env).filter((value) => value !== undefined && value.length > 12);
  for (const secret of secrets) assert.equal(Object.values(made).includes(secret), false);
});

test('launcherRecord() has PM2 restart at once and for ever, but for the codes that end it: the launcher waits and gives up', () => {
  const made = launcherRecord(LAUNCH);
  assert.equal('exp_backoff_restart_delay' in made || 'restart_delay' in made, false);
  // PM2 7.0.4, lib/God.js: an exit counts as unstable below min_uptime, and max_restarts of those end it.
  assert.equal(made['min_uptime'], 0);
  assert.equal(made['max_restarts'], 1_000_000_000);
  assert.deepEqual(made['stop_exit_codes'], [79, 2]);
});

test('launcherRecord() sets limit, schedule and the wait for a message only where the manifest has them', () => {
  const optional = ['max_memory_restart', 'cron_restart', 'wait_ready', 'listen_timeout'];
  assert.deepEqual(
    Object.keys(launcherRecord(LAUNCH)).filter((key) => optional.includes(key)),
    [],
  );
  const made = launcherRecord({
    ...LAUNCH,
    memoryLimitBytes: 1_024,
    cronRestart: '0 4 * * *',
    readyMessageWithinMs: 9_000,
  });
  assert.deepEqual(
    optional.map((key) => made[key]),
    [1_024, '0 4 * * *', true, 9_000],
  );
});
