import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, type Rig, startRig } from './rig.js';

const STACK = {
  apps: [
    app('website', 'idle.mjs'),
    app('trading', 'idle.mjs', { sigctl: { after: ['market-data'] } }),
    app('market-data', 'idle.mjs'),
    app('signals', 'idle.mjs'),
  ],
  sigctl: { modes: { minimal: ['website', 'trading'], standard: ['website', 'trading', 'market-data'], full: '*' } },
};

async function switchTo(rig: Rig, mode: string): Promise<Record<string, number | null>> {
  const run = await rig.sigctl(['mode', mode]);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  return Object.fromEntries((await rig.reports()).map((report) => [report.key, report.pid]));
}

test('minimal → standard → full → minimal: only the difference is started or stopped', async (t) => {
  const rig = await startRig(t, STACK);
  const minimal = await switchTo(rig, 'minimal');
  assert.ok(minimal['website'] && minimal['trading']);
  assert.deepEqual([minimal['market-data'], minimal['signals']], [null, null]);

  const standard = await switchTo(rig, 'standard');
  assert.deepEqual([standard['website'], standard['trading']], [minimal['website'], minimal['trading']]);
  assert.ok(standard['market-data']);
  assert.equal(standard['signals'], null);

  const full = await switchTo(rig, 'full');
  assert.deepEqual({ ...full, signals: null }, { ...standard, signals: null });
  assert.ok(full['signals']);

  assert.deepEqual(await switchTo(rig, 'minimal'), minimal);
});

test('mode --dry-run prints the plan and changes nothing', async (t) => {
  const rig = await startRig(t, STACK);
  await switchTo(rig, 'minimal');
  const before = await rig.reports();
  const run = await rig.sigctl(['mode', 'full', '--dry-run']);
  assert.equal(run.exitCode, 0);
  for (const [action, service, now] of [
    ['start', 'market-data', 'not running'],
    ['start', 'signals', 'not running'],
    ['keep', 'website', 'running'],
    ['keep', 'trading', 'running'],
  ])
    assert.match(run.stdout, new RegExp(`^ +${action} +${service} +${now}$`, 'm'));
  assert.deepEqual(
    (await rig.reports()).map((report) => report.pid),
    before.map((report) => report.pid),
  );
  assert.match((await rig.sigctl(['mode'])).stdout, /\* minimal/);
});

test('asking for the mode that holds already succeeds, and says so', async (t) => {
  const rig = await startRig(t, STACK);
  await switchTo(rig, 'minimal');
  const run = await rig.sigctl(['mode', 'minimal']);
  assert.equal(run.exitCode, 0);
  assert.match(run.stderr, /Mode minimal: nothing to change/);
});

test('an unknown mode is refused with the known ones, before anything is done', async (t) => {
  const rig = await startRig(t, STACK);
  const run = await rig.sigctl(['mode', 'standart', '--json']);
  assert.equal(run.exitCode, 2);
  const { error } = JSON.parse(run.stdout);
  assert.equal(error.code, 'MODE_UNKNOWN');
  assert.match(error.hint, /Did you mean "standard"\?/);
});

test('start without names starts the mode in force; stop ends everything, and the daemon with it', async (t) => {
  const rig = await startRig(t, STACK);
  await switchTo(rig, 'minimal');
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.equal(JSON.parse((await rig.sigctl(['status', '--json'])).stdout).daemon.pid, null);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.deepEqual(
    (await rig.reports()).map((report) => report.verdict),
    ['healthy', 'healthy', 'stopped', 'stopped'],
  );
});
