import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CHAT, startTelegramFake, TOKEN } from '../fixtures/telegram-fake/telegram-fake.js';
import { app, kill, startRig, until } from './rig.js';

/** Exits at once while a file `broken` lies beside it. */
const FRAGILE = `import { existsSync } from 'node:fs';
if (existsSync('broken')) process.exit(3);
setInterval(() => undefined, 1000);
`;
const ENV = { TG_TOKEN: TOKEN, TG_CHAT: CHAT };

test('a service that crashes into its breaker is exactly one alert, and "sigctl start" is one recovery, by Telegram and by a command', async (t) => {
  const telegram = await startTelegramFake();
  t.after(() => telegram.close());
  const restart = { backoff: ['10ms', '50ms'], breaker: { exits: 4, within: '1m' } };
  const rig = await startRig(t, {
    apps: [app('steady', 'idle.mjs'), app('fragile', 'fragile.mjs', { sigctl: { restart } })],
    sigctl: {
      name: 'demo',
      alerts: {
        telegram: { token: '$TG_TOKEN', chat: '$TG_CHAT', api: telegram.api() },
        command: 'cat >> alerts.jsonl',
      },
    },
  });
  writeFileSync(join(rig.root, 'fragile.mjs'), FRAGILE);
  const told = () => {
    const file = join(rig.root, 'alerts.jsonl');
    // A line is whole with its end: the shell makes the file before the command writes to it.
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    return lines.map((line) => {
      const { kind, subject, verdict } = JSON.parse(line);
      return `${kind} ${subject} ${verdict}`;
    });
  };

  // The shell's variables are kept for the watchdog, which was started by another command than the one that crashes.
  assert.equal((await rig.sigctl(['start', 'steady'], { env: ENV })).exitCode, 0);
  writeFileSync(join(rig.root, 'broken'), '');
  assert.equal((await rig.sigctl(['start', 'fragile'])).exitCode, 1);
  await until(() => told().length > 0 && telegram.messages.length > 0);
  assert.deepEqual(told(), ['alert fragile crash-loop']);

  // A watchdog that is killed once it has noted the answers has told already; before, it would tell again.
  await until(async () => (await rig.sigctl(['alerts'])).stdout.match(/delivered/g)?.length === 2);
  const before = rig.pid('watchdog');
  kill(before);
  await until(() => rig.pid('watchdog') !== before);
  rmSync(join(rig.root, 'broken'));
  assert.equal((await rig.sigctl(['start', 'fragile'])).exitCode, 0);
  await until(() => told().length > 1 && telegram.messages.length > 1);
  assert.deepEqual(told(), ['alert fragile crash-loop', 'recovery fragile healthy']);
  assert.deepEqual(
    telegram.messages.map(({ text }) => text.split('\n')[0]?.replace(/ ×\d+ in [^)]*/, '')),
    ['🔴 fragile is crash-loop', '🟢 fragile is healthy again (was crash-loop)'],
  );

  // The token stands nowhere but in the file that keeps it.
  const { alerts } = JSON.parse((await rig.sigctl(['alerts', '--json'])).stdout);
  assert.deepEqual(
    alerts.map(({ channel, state }: { channel: string; state: string }) => `${channel} ${state}`).sort(),
    ['command delivered', 'command delivered', 'telegram delivered', 'telegram delivered'],
  );
  assert.doesNotMatch(rig.log('watchdog'), new RegExp(TOKEN));
  assert.doesNotMatch(readFileSync(join(rig.home, 'status.db'), 'latin1'), new RegExp(TOKEN));
});

test('a blocked bot is shown by status, doctor and alerts, and what was given up arrives after retry', async (t) => {
  const telegram = await startTelegramFake();
  t.after(() => telegram.close());
  telegram.failAlways({ kind: '403' });
  const rig = await startRig(t, {
    apps: [app('a', 'idle.mjs'), app('b', 'crashes-at-once.mjs', { autorestart: false })],
    sigctl: { alerts: { telegram: { token: TOKEN, chat: CHAT, api: telegram.api() }, on: ['down', 'crash-loop'] } },
  });
  const testRun = await rig.sigctl(['alerts', 'test']);
  assert.equal(testRun.exitCode, 1);
  assert.match(testRun.stdout, /✖ telegram: 403 Forbidden: bot was blocked by the user/);

  await rig.sigctl(['start']);
  await until(async () => (await rig.sigctl(['status'])).stdout.includes('not delivered'));
  const status = await rig.sigctl(['status']);
  assert.match(
    status.stdout,
    /1 alert not delivered: telegram 403 Forbidden: bot was blocked by the user\s→ sigctl alerts/,
  );
  assert.match((await rig.sigctl(['doctor'])).stdout, /ALERTS_UNDELIVERED/);
  assert.match((await rig.sigctl(['alerts'])).stdout, /given up +telegram +b (down|crash-loop)/);

  telegram.failAlways(undefined);
  assert.match((await rig.sigctl(['alerts', 'retry'])).stdout, /1 message will be sent again/);
  await until(() => telegram.messages.length > 0);
  await until(async () => !(await rig.sigctl(['status'])).stdout.includes('not delivered'));
  assert.equal((await rig.sigctl(['alerts', 'test'])).exitCode, 0);
  assert.equal(telegram.messages.length, 2);
});

test('alerts test without a channel says which key is missing', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  const run = await rig.sigctl(['alerts', 'test']);
  assert.equal(run.exitCode, 2);
  assert.match(run.stderr, /names no channel/);
});

test('the death of the PM2 daemon is one alert, and its return is one recovery; services that run on are not told of', async (t) => {
  const rig = await startRig(t, {
    apps: [app('a', 'idle.mjs'), app('b', 'idle.mjs')],
    sigctl: { alerts: { command: 'cat >> alerts.jsonl' } },
  });
  const file = join(rig.root, 'alerts.jsonl');
  const told = () =>
    (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []).map((line) => {
      const { kind, subject, verdict } = JSON.parse(line);
      return `${kind} ${subject} ${verdict}`;
    });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(() => rig.log('watchdog').includes('"watches"'));
  kill(rig.pid('pm2'));
  await until(() => told().includes('alert pm2 down'));
  assert.equal((await rig.sigctl(['restart'])).exitCode, 0);
  await until(() => told().includes('recovery pm2 healthy'));
  assert.deepEqual(told(), ['alert pm2 down', 'recovery pm2 healthy']);
});
