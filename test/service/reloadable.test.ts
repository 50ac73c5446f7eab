import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../e2e/free-port.js';
import { eventually, isAlive, run, serviceEnv, tempFolder } from './rig.js';
import { serviceRigs } from './service-rig.js';
import { startLoad } from './steady-load.js';

const { rig, program } = serviceRigs('reloadable');

/** A service that is started through a link to its release, as a deployed one is. */
async function startReleases(t: TestContext, first: string, env: NodeJS.ProcessEnv = {}) {
  const { home, row } = rig(t);
  const root = tempFolder(t);
  symlinkSync(join(program('reloadable'), '../node_modules'), join(root, 'node_modules'));
  const release = (name: string) => {
    const folder = join(root, name);
    mkdirSync(folder);
    copyFileSync(program('reloadable'), join(folder, 'main.mjs'));
    symlinkSync(join(program('reloadable'), '../migrations'), join(folder, 'migrations'));
    writeFileSync(join(folder, 'release'), name);
    symlinkSync(folder, join(root, 'next'));
    renameSync(join(root, 'next'), join(root, 'current'));
  };
  release(first);
  const port = await freePort();
  const service = run(t, [process.execPath, join(root, 'current/main.mjs')], {
    env: serviceEnv(home, 'reloadable', { PORT: String(port), SIGCTL_ROOT: join(root, 'current'), ...env }),
    cwd: root,
  });
  const reloaded = () => row('reloadable').detail?.['reload'] as { seq: number; pid: number; error: string | null };
  const reload = async (name: string) => {
    const { seq } = reloaded();
    release(name);
    service.child.kill('SIGHUP');
    await eventually(() => reloaded().seq > seq, `the reload to ${name}`, service.output);
    return reloaded();
  };
  const isUp = /primary is up/;
  return { service, port, row, reload, reloaded, root, isUp };
}

const releasesOf = (answers: ReadonlyMap<string, number>) =>
  new Set([...answers.keys()].map((text) => text.split(' ')[0]));
const pidsOf = (answers: ReadonlyMap<string, number>) => [...answers.keys()].map((text) => Number(text.split(' ')[1]));

test('every request of a steady load is answered while a service is reloaded to good and to broken releases', async (t) => {
  const { service, port, reload, row, root, isUp } = await startReleases(t, 'one');
  await service.printed(isUp);
  const load = startLoad(t, port);
  await eventually(() => load.answers().size === 1, 'the first answers');
  assert.equal((await reload('two')).error, null);
  await eventually(() => releasesOf(load.answers()).has('two'), 'answers of the second release');
  assert.match((await reload('sick')).error ?? '', /answers \/health with 500/);
  assert.match((await reload('dies')).error ?? '', /this release is broken/);
  // The release that the process was started from may be gone by now.
  rmSync(join(root, 'one'), { recursive: true });
  assert.equal((await reload('three')).error, null);
  await eventually(() => releasesOf(load.answers()).has('three'), 'answers of the third release');
  const pids = pidsOf(load.answers());
  await eventually(() => pids.filter(isAlive).length === 1, 'the replaced workers to end');
  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.deepEqual([...releasesOf(load.answers())].sort(), ['one', 'three', 'two']);
  assert.equal(pids.includes(service.pid), false);
  // The rest of its detail is as the service wrote it.
  assert.equal(row('reloadable').detail?.['served'], true);
  assert.equal(row('reloadable').state, 'running');
  service.child.kill('SIGINT');
  assert.deepEqual(await service.exit, { code: 0, signal: null });
  await eventually(() => !pids.some(isAlive), 'the last worker to end');
});

test('a worker that dies is replaced, and one that keeps dying ends the service with its code', async (t) => {
  const { service, port, isUp } = await startReleases(t, 'one');
  await service.printed(isUp);
  const answer = async () => Number((await (await fetch(`http://127.0.0.1:${port}/`)).text()).split(' ')[1]);
  process.kill(await answer(), 'SIGKILL');
  await service.printed(/the worker was killed by SIGKILL[\s\S]*another worker serves/);
  assert.notEqual(await answer(), service.pid);
  const dying = await startReleases(t, 'late');
  assert.deepEqual(await dying.service.exit, { code: 7, signal: null });
  assert.match(dying.row('reloadable').reason ?? '', /its worker exited with code 7, as the 5 of the last minute did/);
});

test('workers end with a primary that was killed', async (t) => {
  const { service, port, isUp } = await startReleases(t, 'one');
  await service.printed(isUp);
  const worker = Number((await (await fetch(`http://127.0.0.1:${port}/`)).text()).split(' ')[1]);
  service.child.kill('SIGKILL');
  await service.exit;
  await eventually(() => !isAlive(worker), 'the worker to end');
});

test('without a worker a reload is refused, and the service runs on', async (t) => {
  const { service, reload, isUp } = await startReleases(t, 'one', { WORKERS: '0' });
  await service.printed(isUp);
  assert.match((await reload('two')).error ?? '', /WORKERS=0/);
  assert.equal(isAlive(service.pid), true);
});

test('a first worker that fails is the failure of the service', async (t) => {
  const { service, row } = await startReleases(t, 'dies');
  assert.deepEqual(await service.exit, { code: 1, signal: null });
  assert.match(row('reloadable').reason ?? '', /this release is broken/);
});
