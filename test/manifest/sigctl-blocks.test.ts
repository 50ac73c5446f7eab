import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ReadyRule, ServiceSpec, Stack } from '../../src/core/stack.js';
import { readStack, type StackRequest } from '../../src/manifest/stack-snapshot.js';
import { makeProject, requestFor } from './request.js';

const EVERYTHING = join(import.meta.dirname, '../fixtures/manifests/good/everything.cjs');

async function readApps(t: TestContext, apps: readonly object[], changes: Partial<StackRequest> = {}): Promise<Stack> {
  const root = makeProject(t, { 'ecosystem.config.cjs': `module.exports = { apps: ${JSON.stringify(apps)} };` });
  return readStack(requestFor(join(root, 'ecosystem.config.cjs'), changes));
}

async function readApp(t: TestContext, app: object, changes: Partial<StackRequest> = {}): Promise<ServiceSpec> {
  const [spec] = (await readApps(t, [{ name: 'web', script: 'web.js', ...app }], changes)).services;
  assert.ok(spec);
  return spec;
}

test('each kind of ready rule is read, with 30 seconds as its deadline unless it says otherwise', async () => {
  const { services } = await readStack(requestFor(EVERYTHING));
  const rules: Record<string, ReadyRule> = Object.fromEntries(services.map((spec) => [spec.name, spec.ready]));
  assert.deepEqual(rules, {
    db: { kind: 'tcp', port: 5432, withinMs: 10_000 },
    trading: { kind: 'heartbeat', withinMs: 20_000 },
    'market-data': { kind: 'log', pattern: 'collecting', withinMs: 5_000 },
    web: { kind: 'http', path: '/api/health', port: 3001, withinMs: 30_000 },
    migrate: { kind: 'command', command: 'test -f done', withinMs: 30_000 },
    slow: { kind: 'delay', delayMs: 60_000, withinMs: 120_000 },
  });
});

test('dependencies, health, restart policy and passed variables are read, repetitions dropped', async () => {
  const trading = (await readStack(requestFor(EVERYTHING))).services[1];
  assert.deepEqual(trading?.after, ['db']);
  assert.deepEqual(trading?.needs, ['market-data']);
  assert.deepEqual(trading?.health, {
    heartbeatWithinMs: 15_000,
    progress: { name: 'cycle', withinMs: 90_000 },
    onHung: 'restart',
    onStale: 'alert',
    onUnhealthy: 'restart',
  });
  assert.deepEqual(trading?.restart, {
    backoffMinMs: 250,
    backoffMaxMs: 30_000,
    breaker: { exits: 3, withinMs: 60_000 },
    successCodes: [0],
    neverCodes: [],
  });
  assert.deepEqual(trading?.passEnv, ['LOG_LEVEL']);
  assert.equal(trading?.singleton, true);
});

test('modes keep their members, * means all, and full is added', async () => {
  const { modes, name } = await readStack(requestFor(EVERYTHING));
  const all = ['db', 'trading', 'market-data', 'web', 'migrate', 'slow'];
  assert.deepEqual(modes, { minimal: ['web'], all, full: all });
  assert.equal(name, 'shop.eu_1');
});

test('sigctl.restart wins over the keys of PM2, part by part', async (t) => {
  const pm2 = { exp_backoff_restart_delay: 100, max_restarts: 0 };
  const policy = async (app: object): Promise<unknown> => (await readApp(t, app)).restart;
  assert.deepEqual(await policy(pm2), {
    backoffMinMs: 100,
    backoffMaxMs: 15_000,
    breaker: { exits: 1, withinMs: 120_000 },
    successCodes: [0],
    neverCodes: [],
  });
  assert.deepEqual(await policy({ ...pm2, sigctl: { restart: { backoff: [5, '1s'], breaker: { within: '1m' } } } }), {
    backoffMinMs: 5,
    backoffMaxMs: 1_000,
    breaker: { exits: 1, withinMs: 60_000 },
    successCodes: [0],
    neverCodes: [],
  });
});

test('the port of an http rule is its own, else sigctl.port, else env.PORT', async (t) => {
  const port = async (app: object): Promise<unknown> => {
    const { ready, port } = await readApp(t, app);
    return [ready.kind === 'http' && ready.port, port];
  };
  const http = { http: '/' };
  assert.deepEqual(await port({ env: { PORT: 80 }, sigctl: { ready: http } }), [80, 80]);
  assert.deepEqual(await port({ env: { PORT: 80 }, sigctl: { port: 81, ready: http } }), [81, 81]);
  assert.deepEqual(await port({ env: { PORT: 80 }, sigctl: { ready: { ...http, port: 82 } } }), [82, 82]);
  assert.deepEqual(await port({ port: 83, sigctl: { ready: http } }), [83, 83]);
  assert.deepEqual(await port({ sigctl: { port: 84, ready: { ...http, port: 9100 } } }), [9100, 84]);
});

test("the shell's PORT wins where passEnv lists it, and only there", async (t) => {
  const shell = { shellEnv: { PORT: '4000' } };
  const sigctl = { port: 3001, ready: { http: '/' } };
  const passed = await readApp(t, { env: { PORT: 3001, A: '1' }, sigctl: { ...sigctl, passEnv: ['PORT'] } }, shell);
  assert.equal(passed.port, 4000);
  assert.deepEqual(passed.ready, { kind: 'http', path: '/', port: 4000, withinMs: 30_000 });
  assert.deepEqual(passed.env, { A: '1' });
  const kept = await readApp(t, { sigctl }, shell);
  assert.equal(kept.port, 3001);
  const invalid = await readApp(t, { sigctl: { ...sigctl, passEnv: ['PORT'] } }, { shellEnv: { PORT: 'http' } });
  assert.equal(invalid.port, 3001);
});

test("a rule that watches another port than the service's own stays there when the shell moves the service", async (t) => {
  const sigctl = { port: 3001, ready: { tcp: 9100 }, passEnv: ['PORT'] };
  const spec = await readApp(t, { sigctl }, { shellEnv: { PORT: '4000' } });
  assert.deepEqual([spec.port, spec.ready], [4000, { kind: 'tcp', port: 9100, withinMs: 30_000 }]);
});

test('env_file is read before env, the last file first in rank, and every value is text', async (t) => {
  const root = makeProject(t, {
    'ecosystem.config.cjs': `module.exports = { apps: [{ name: 'web', script: 'web.js', cwd: 'sub',
      env_file: ['.env', 'local.env'], env: { LEVEL: 3, ON: true } }] };`,
    '.env': 'TOKEN="a b"\nLEVEL=1\nHOST=one # comment\n',
    'local.env': 'HOST=two\n',
  });
  const { services } = await readStack(requestFor(join(root, 'ecosystem.config.cjs')));
  assert.deepEqual(services[0]?.env, { TOKEN: 'a b', LEVEL: '3', HOST: 'two', ON: 'true' });
});

test('the hash changes with what a restart would change, and with nothing else', async (t) => {
  const hash = async (app: object, changes?: Partial<StackRequest>): Promise<string> => {
    const web = { name: 'web', script: '/srv/web.js', cwd: '/srv', ...app };
    const { services } = await readApps(t, [web, { name: 'db', script: '/srv/db.js' }], changes);
    return services[0]?.hash ?? '';
  };
  const base = await hash({ env: { A: '1', B: '2' } });
  assert.match(base, /^[0-9a-f]{16}$/);
  assert.equal(await hash({ env: { B: '2', A: 1 } }), base);
  assert.equal(await hash({ env: { A: '1', B: '2' }, sigctl: { after: ['db'], ready: { delay: 5 } } }), base);
  assert.notEqual(await hash({ env: { A: '1', B: '3' } }), base);
  assert.notEqual(await hash({ env: { A: '1' } }), base);
  assert.notEqual(await hash({ env: { A: '1', B: '2' }, args: '--more' }), base);
  assert.notEqual(await hash({ env: { A: '1', B: '2' }, max_memory_restart: '1G' }), base);
  const passed = { env: { PORT: '1' }, sigctl: { passEnv: ['PORT'] } };
  assert.equal(await hash(passed, { shellEnv: { PORT: '4000' } }), await hash(passed));
});
