import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceEvent } from '../../src/store/events.js';
import { isPidAlive } from './alive.js';
import { freePort } from './free-port.js';
import { kill, type Rig, startRig, until } from './rig.js';
import { events, watchedApp, watching } from './watched.js';

const KEYS = ['web-0', 'web-1'];

async function startCluster(t: Parameters<typeof startRig>[0]): Promise<{ readonly rig: Rig; readonly port: number }> {
  const port = await freePort();
  const web = {
    exec_mode: 'cluster',
    instances: 2,
    env: { PORT: String(port) },
    sigctl: { ready: { delay: '300ms' } },
  };
  const rig = await startRig(t, { apps: [watchedApp('web', 'clustered-exits.mjs', web)] });
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  await watching(rig);
  return { rig, port };
}

async function pidsOf(rig: Rig): Promise<readonly (number | null)[]> {
  return (await rig.reports()).map(({ pid }) => pid);
}

/** Waits until both processes are others than these, and healthy. */
async function othersThan(rig: Rig, before: readonly (number | null)[]): Promise<readonly (number | null)[]> {
  const isNew = (pid: number | null) => pid !== null && !before.includes(pid);
  await until(async () => (await rig.reports()).every(({ pid, verdict }) => verdict === 'healthy' && isNew(pid)));
  return pidsOf(rig);
}

/** The exit of a process, once it is on record. */
async function exitOf(rig: Rig, pid: number | null): Promise<ServiceEvent> {
  const find = () => events(rig, 'web').filter((event) => event.kind === 'exit' && event.pid === pid);
  await until(() => find().length > 0);
  const [exit, ...more] = find();
  assert.ok(exit !== undefined && more.length === 0);
  return exit;
}

test('each exit of a clustered process is on record with its code or signal, and its cause', async (t) => {
  const { rig, port } = await startCluster(t);
  const first = await pidsOf(rig);
  const answers = new Set<string>();
  await until(async () => {
    answers.add(await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text());
    return answers.size === 2;
  });
  // Each knows which one it is.
  assert.deepEqual(
    [...answers].sort(),
    first.map((pid, index) => `${index} ${index} ${pid}`),
  );
  kill(first[0] ?? 0);
  const killed = await exitOf(rig, first[0] ?? null);
  assert.deepEqual(
    [killed.cause, killed.exitCode, killed.exitSignal, killed.detail?.['key']],
    ['signal', null, 'SIGKILL', 'web-0'],
  );
  await until(async () => (await rig.reports()).every(({ verdict }) => verdict === 'healthy'));
  const [again] = await rig.reports();
  assert.equal(again?.restarts, 1);
  const answer = await (await fetch(`http://127.0.0.1:${port}/exit/3`, { headers: { connection: 'close' } })).text();
  const crashed = await exitOf(rig, Number(answer.split(' ')[2]));
  assert.deepEqual([crashed.cause, crashed.exitCode, crashed.exitSignal], ['crash', 3, null]);
  assert.match((await rig.sigctl(['why', `web-${answer[0]}`])).stdout, /exited with code 3/);
  await until(async () => (await rig.reports()).every(({ verdict }) => verdict === 'healthy'));
  const before = await pidsOf(rig);
  assert.equal((await rig.sigctl(['reload', 'web'])).exitCode, 0);
  const last = await othersThan(rig, before);
  for (const pid of before) {
    const { cause, exitCode } = await exitOf(rig, pid);
    assert.deepEqual([cause, exitCode], ['operator', 0]);
  }
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  for (const pid of last) assert.equal((await exitOf(rig, pid)).cause, 'operator');
  assert.ok(last.every((pid) => !isPidAlive(pid ?? 0)));
});

test('a cluster that went down with PM2 is started again under the new one', async (t) => {
  const { rig } = await startCluster(t);
  const before = await pidsOf(rig);
  kill(rig.pid('pm2'));
  const after = await othersThan(rig, before);
  for (const pid of before) assert.equal((await exitOf(rig, pid)).cause, 'pm2-death');
  const starts = () => events(rig, 'web').filter(({ kind, cause }) => kind === 'start' && cause === 'taken-back');
  // The processes are there before the recorder has seen them.
  await until(() => starts().length >= KEYS.length);
  assert.deepEqual(
    starts()
      .map(({ detail, pid }) => [detail?.['key'], pid])
      .sort(),
    KEYS.map((key, i) => [key, after[i]]),
  );
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.ok(after.every((pid) => !isPidAlive(pid ?? 0)));
});
