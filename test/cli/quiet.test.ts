import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { app, startRig } from '../e2e/rig.js';
import { project, sigctl } from './rig.js';

const LOOKS: readonly (readonly string[])[] = [
  ['wait', '--for', 'stopped'],
  ['mode'],
  ['logs'],
  ['why', 'website'],
  ['history'],
  ['config'],
  ['env', 'website'],
  ['alerts'],
  ['host'],
  ['init', '--dry-run'],
  ['completion', 'bash'],
  ['stop'],
];

for (const args of LOOKS) {
  test(`sigctl ${args.join(' ')} --quiet says nothing when it ends well`, async (t) => {
    const root = project(t);
    writeFileSync(join(root, 'Procfile'), 'web: node web.js\n');
    const loud = await sigctl(root, args);
    assert.deepEqual([loud.exitCode, loud.stdout + loud.stderr === ''], [0, false]);
    const quiet = await sigctl(root, [...args, '--quiet']);
    assert.deepEqual([quiet.exitCode, quiet.stdout, quiet.stderr], [0, '', '']);
  });
}

test('--quiet, before or behind the command, leaves a refusal and its exit code as they are', async (t) => {
  const root = project(t);
  const loud = await sigctl(root, ['stop', 'webstie']);
  for (const args of [
    ['--quiet', 'stop', 'webstie'],
    ['stop', '-q', 'webstie'],
  ]) {
    assert.deepEqual(await sigctl(root, args), loud);
  }
});

test('--quiet tells what failed, and not what was done on the way', async (t) => {
  const rig = await startRig(t, { apps: [app('website', 'missing.mjs')], sigctl: { watchdog: false } });
  const failed = await rig.sigctl(['start', '--quiet']);
  assert.equal(failed.exitCode, 1);
  assert.match(failed.stdout, /✖ website .*does not exist/);
  assert.equal(failed.stderr, '');
  const waited = await rig.sigctl(['wait', 'website', '--timeout', '0', '--quiet']);
  assert.equal(waited.exitCode, 3);
  assert.match(waited.stdout, /website/);
});

test('--quiet with --json leaves the document alone', async (t) => {
  const root = project(t);
  for (const args of [['mode'], ['config'], ['stop']]) {
    const run = await sigctl(root, [...args, '--json', '--quiet']);
    assert.equal(run.stderr, '', args.join(' '));
    assert.equal(JSON.parse(run.stdout).schemaVersion, 1, args.join(' '));
  }
});

test('sigctl --quiet status is sigctl status --quiet, and the word is a name behind --', async (t) => {
  const root = project(t);
  assert.deepEqual(await sigctl(root, ['--quiet', 'status']), await sigctl(root, ['status', '--quiet']));
  assert.match((await sigctl(root, ['stop', '--', '-q'])).stderr, /Cannot find service "-q"/);
  assert.match((await sigctl(root, ['stop', '--quiet', '--help'])).stdout, /^Usage: sigctl stop/);
});
