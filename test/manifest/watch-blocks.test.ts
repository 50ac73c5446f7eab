import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ServiceSpec, Stack } from '../../src/core/stack.js';
import { readStack } from '../../src/manifest/stack-snapshot.js';
import { makeProject, refusalOf, requestFor } from './request.js';

const MIB = 1024 ** 2;

async function read(t: TestContext, app: object, sigctl: object = {}): Promise<{ spec: ServiceSpec; stack: Stack }> {
  const manifest = { apps: [{ name: 'web', script: 'web.js', ...app }], sigctl };
  const root = makeProject(t, { 'ecosystem.config.cjs': `module.exports = ${JSON.stringify(manifest)};` });
  const stack = await readStack(requestFor(join(root, 'ecosystem.config.cjs')));
  const [spec] = stack.services;
  assert.ok(spec);
  return { spec, stack };
}

test('checks get a name, their port and every default, and follow the port of the service', async (t) => {
  const health = {
    liveness: { http: '/health', every: '5s', failures: 2 },
    readiness: [{ tcp: 5432 }, { name: 'ticks', log: 'tick', within: '30s' }, { command: 'test -f ready' }],
  };
  const { spec } = await read(t, { sigctl: { port: 3001, health } });
  const defaults = { everyMs: 10_000, timeoutMs: 2_000, failures: 3, successes: 1 };
  assert.deepEqual(spec.checks, [
    {
      ...defaults,
      name: 'http /health',
      kind: 'liveness',
      probe: { kind: 'http', path: '/health', port: 3001 },
      everyMs: 5_000,
      failures: 2,
    },
    { ...defaults, name: 'tcp 5432', kind: 'readiness', probe: { kind: 'tcp', port: 5432 } },
    { ...defaults, name: 'ticks', kind: 'readiness', probe: { kind: 'log', pattern: 'tick', withinMs: 30_000 } },
    {
      ...defaults,
      name: 'command test -f ready',
      kind: 'readiness',
      probe: { kind: 'command', command: 'test -f ready' },
    },
  ]);
});

test('exit rules, reactions, the soft limit, a log policy of its own and oneshot are read', async (t) => {
  const { spec } = await read(
    t,
    {
      max_memory_restart: '100M',
      stop_exit_codes: 3,
      sigctl: {
        oneshot: true,
        takeBack: 'last',
        memory: { soft: '80%' },
        logs: { size: '5M' },
        health: { on_hung: 'alert', on_stale: 'restart', on_unhealthy: 'ignore' },
        restart: { success: [0, 2] },
      },
    },
    { logs: { size: '50M', keep: '1G', gzip: false } },
  );
  assert.deepEqual([spec.oneshot, spec.autorestart, spec.takeBackLast], [true, false, true]);
  assert.equal(spec.memorySoftBytes, 80 * MIB);
  assert.deepEqual(spec.logs, { maxBytes: 5 * MIB, maxAgeMs: undefined, keepBytes: 1024 * MIB, gzip: false });
  assert.deepEqual([spec.health.onHung, spec.health.onStale, spec.health.onUnhealthy], ['alert', 'restart', 'ignore']);
  assert.deepEqual([spec.restart.successCodes, spec.restart.neverCodes], [[0, 2], [3]]);
});

test('a oneshot service is ready at its end, unless it has a rule of its own', async (t) => {
  const ready = async (sigctl: Record<string, unknown>) => (await read(t, { sigctl }, {})).spec.ready;
  assert.deepEqual(await ready({ oneshot: true }), { kind: 'exit', withinMs: 300_000 });
  assert.deepEqual(await ready({ oneshot: true, ready: { exit: true, within: '1h' } }), {
    kind: 'exit',
    withinMs: 3_600_000,
  });
  assert.equal((await ready({ oneshot: true, ready: { log: 'serving' } })).kind, 'log');
  assert.equal((await ready({})).kind, 'delay');
});

test('alerts, history, disk and the watchdog of the stack are read', async (t) => {
  const { stack } = await read(
    t,
    {},
    {
      watchdog: false,
      disk: { free: '1G' },
      history: { keep: '7d', max: 500 },
      alerts: {
        telegram: { token: '$BOT_TOKEN', chat: -100123 },
        webhook: { url: 'https://example.org/alert', headers: { authorization: '$HOOK' } },
        command: 'notify-send',
        on: ['down'],
        after: '10s',
        quiet: { from: '22:00', to: '7:30', timezone: 'Europe/Vienna', except: [] },
      },
    },
  );
  assert.deepEqual(stack.watch, {
    enabled: false,
    minFreeBytes: 1024 * MIB,
    history: { keepMs: 7 * 86_400_000, maxEvents: 500 },
    alerts: {
      channels: [
        { kind: 'telegram', token: '$BOT_TOKEN', chat: '-100123', api: 'https://api.telegram.org' },
        { kind: 'webhook', url: 'https://example.org/alert', headers: { authorization: '$HOOK' } },
        { kind: 'command', command: 'notify-send' },
      ],
      verdicts: ['down'],
      afterMs: 10_000,
      quiet: { fromMinute: 1_320, toMinute: 450, timeZone: 'Europe/Vienna', except: [] },
    },
  });
});

test('every fault of these blocks is told at once, and no value of an alert is shown', async (t) => {
  const app = {
    autorestart: true,
    sigctl: {
      oneshot: true,
      memory: { soft: '120%' },
      health: {
        on_hung: 'kill',
        liveness: [{ http: '/a', tcp: 1 }, { every: '1s' }, { http: '/b' }, { hhtp: '/c' }],
        readiness: [{ tcp: 1 }, { tcp: 1 }],
      },
      restart: { never: [256] },
    },
  };
  const sigctl = { alerts: { telegram: { token: '', chat: '1' }, webhook: { url: 'hunter2' } }, disk: { fre: 1 } };
  const { message } = await refusalOf(() => read(t, app, sigctl));
  for (const part of [
    'memory.soft',
    'on_hung',
    'liveness[0]',
    'liveness[1]',
    'liveness[2].port',
    'liveness[3].hhtp',
    'two checks called "tcp 1"',
    'restart.never',
    'autorestart',
    'alerts.telegram.token',
    'alerts.webhook.url',
    'disk.fre',
  ])
    assert.ok(message.includes(part), `${part} in:\n${message}`);
  assert.ok(!message.includes('hunter2'));
});

test('reload names a signal that is made for it, and how long it may take', async (t) => {
  const reload = async (rule: unknown) => (await read(t, { sigctl: { reload: rule } })).spec.reload;
  assert.equal((await read(t, {})).spec.reload, undefined);
  assert.deepEqual(await reload({ signal: 'SIGHUP' }), { signal: 'SIGHUP', withinMs: 20_000 });
  assert.deepEqual(await reload({ signal: 'USR2', within: '1m' }), { signal: 'SIGUSR2', withinMs: 60_000 });
  const refusal = await refusalOf(() => reload({ signal: 'SIGKILL' }));
  assert.match(refusal.message, /sigctl\.reload\.signal.*"SIGKILL".*SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH/s);
  await refusalOf(() => reload({ within: '1m' }));
});
