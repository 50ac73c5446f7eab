import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ServiceSpec, Stack } from '../../src/core/stack.js';
import { readStack } from '../../src/manifest/stack-snapshot.js';
import { requestFor } from './request.js';

const GOOD = join(import.meta.dirname, '../fixtures/manifests/good');

function service(stack: Stack, name: string): ServiceSpec {
  const spec = stack.services.find((candidate) => candidate.name === name);
  assert.ok(spec, `no service ${name}`);
  return spec;
}

test('a plain PM2 file works as it is: names, paths, arguments, variables and limits as in PM2', async () => {
  const stack = await readStack(requestFor(join(GOOD, 'plain-pm2.cjs')));
  assert.deepEqual(
    stack.services.map((spec) => spec.name),
    ['api', 'worker', 'site'],
  );
  const api = service(stack, 'api');
  assert.equal(api.cwd, join(GOOD, 'backend'));
  assert.equal(api.script, join(GOOD, 'backend/server.js'));
  assert.equal(api.interpreter, '/usr/bin/node');
  assert.deepEqual(api.interpreterArgs, ['--enable-source-maps']);
  assert.deepEqual(api.args, ['--port', '8080', '--title', 'two words']);
  assert.deepEqual(api.env, { NODE_ENV: 'development', WORKERS: '2', DEBUG: 'false' });
  assert.equal(api.memoryLimitBytes, 300 * 1024 ** 2);
  assert.equal(api.killTimeoutMs, 1_600);
});

test("PM2's restart keys become the restart policy", async () => {
  const { restart } = service(await readStack(requestFor(join(GOOD, 'plain-pm2.cjs'))), 'api');
  assert.deepEqual(restart, {
    backoffMinMs: 4_000,
    backoffMaxMs: 4_000,
    breaker: { exits: 10, withinMs: 50_000 },
    successCodes: [0],
    neverCodes: [],
  });
});

test("PM2's camel case and every default are understood", async () => {
  const worker = service(await readStack(requestFor(join(GOOD, 'plain-pm2.cjs'))), 'worker');
  assert.equal(worker.killTimeoutMs, 3_000);
  assert.equal(worker.autorestart, false);
  assert.equal(worker.cronRestart, '0 3 * * *');
  assert.equal(worker.namespace, 'jobs');
  assert.equal(worker.instances, 2);
  assert.equal(worker.singleton, false);
  assert.equal(worker.kind, 'launcher');
  assert.deepEqual(worker.ready, { kind: 'delay', delayMs: 1_000, withinMs: 30_000 });
  assert.deepEqual(worker.restart, {
    backoffMinMs: 10,
    backoffMaxMs: 15_000,
    breaker: { exits: 20, withinMs: 120_000 },
    successCodes: [0],
    neverCodes: [],
  });
  assert.equal(worker.port, undefined);
});

test('an app in cluster mode has an instance for each CPU with max, and is ready when it says so', async () => {
  const site = service(await readStack(requestFor(join(GOOD, 'plain-pm2.cjs'))), 'site');
  assert.equal(site.kind, 'cluster');
  assert.equal(site.instances, availableParallelism());
  assert.equal(site.waitReady, true);
  assert.deepEqual(site.ready, { kind: 'message', withinMs: 8_000 });
});

test('a plain PM2 file has one mode, full, and is named after its folder', async () => {
  const stack = await readStack(requestFor(join(GOOD, 'plain-pm2.cjs')));
  assert.deepEqual(stack.modes, { full: ['api', 'worker', 'site'] });
  assert.equal(stack.name, 'good');
  assert.equal(stack.root, GOOD);
});

test('settings without effect are noted, unless they are off or make no difference', async () => {
  const { notes } = await readStack(requestFor(join(GOOD, 'plain-pm2.cjs')));
  const subjects = notes.map((note) => note.split(' has no effect')[0]);
  assert.deepEqual(subjects, [
    'apps[0] "api": "watch"',
    'apps[0] "api": "log_date_format"',
    'apps[0] "api": "out_file"',
    'apps[0] "api": "env_production"',
    '"deploy"',
  ]);
});

test('arrays of apps, one app, apps as one object and JSON files are stacks', async () => {
  const names = async (file: string): Promise<string[]> =>
    (await readStack(requestFor(join(GOOD, file)))).services.map((spec) => `${spec.name} ${spec.instances}`);
  assert.deepEqual(await names('array.cjs'), ['web 1', 'worker 1']);
  assert.deepEqual(await names('one-app.cjs'), ['web 1']);
  assert.deepEqual(await names('apps-as-object.cjs'), ['web 1']);
  assert.deepEqual(await names('plain.json'), ['web 2']);
});

test('several instances without an exec_mode are said to be separate processes, since PM2 would cluster them', async () => {
  const { notes } = await readStack(requestFor(join(GOOD, 'plain.json')));
  assert.equal(notes.length, 1);
  assert.match(notes[0] ?? '', /^apps\[0\] "web": "instances" starts 2 separate processes/);
});
