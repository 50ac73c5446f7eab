import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, type Rig, startRig, until } from './rig.js';

const manifest = (level: string) => ({
  apps: [
    app('shows', 'prints-env.mjs', {
      env: { LEVEL: level, OLD: 'x', API_TOKEN: `token-of-${level}` },
      sigctl: { passEnv: ['FEED'] },
    }),
  ],
  sigctl: { watchdog: false },
});

interface Shown {
  readonly comparedWith: string | null;
  readonly variables: readonly { readonly name: string; readonly value: string; readonly origin: { kind: string } }[];
  readonly differences: readonly unknown[];
}

async function envOf(rig: Rig, env: Record<string, string> = {}): Promise<Shown> {
  const run = await rig.sigctl(['env', 'shows', '--json'], { env });
  assert.deepEqual([run.exitCode, run.stderr], [0, '']);
  return JSON.parse(run.stdout).processes[0];
}

test('env shows exactly what a process was started with, and what a restart would give it instead', async (t) => {
  const rig = await startRig(t, manifest('info'));
  assert.equal((await rig.sigctl(['start'], { env: { FEED: 'kraken' } })).exitCode, 0);
  await until(() => rig.log('shows').includes('ENV '));
  const { PWD: _ofTheShell, ...actual } = JSON.parse(/^ENV (.*)$/m.exec(rig.log('shows'))?.[1] ?? '{}');

  const same = await envOf(rig);
  assert.deepEqual([same.comparedWith, same.differences], ['process', []]);
  const shown = Object.fromEntries(same.variables.map(({ name, value }) => [name, value]));
  assert.deepEqual(shown, { ...actual, API_TOKEN: '*****' });
  assert.equal(same.variables.find(({ name }) => name === 'FEED')?.origin.kind, 'kept');
  assert.match((await rig.sigctl(['env', 'shows'])).stdout, /\npid \d+ has all of it just so\n$/);

  const changed = JSON.parse(JSON.stringify(manifest('debug')));
  delete changed.apps[0].env.OLD;
  rig.writeManifest(changed);
  const { differences } = await envOf(rig, { FEED: 'sim' });
  assert.deepEqual(differences, [
    { name: 'API_TOKEN', running: '*****', next: '*****' },
    { name: 'FEED', running: 'kraken', next: 'sim' },
    { name: 'LEVEL', running: 'info', next: 'debug' },
    { name: 'OLD', running: 'x', next: null },
  ]);
  const text = (await rig.sigctl(['env', 'shows'])).stdout;
  assert.match(text, /\nshows has 3 variables otherwise since its start:\n/);
  assert.match(
    text,
    /\n {2}API_TOKEN {2}\*{5} → \*{5} \(another value\)\n {2}LEVEL {6}info → debug\n {2}OLD {8}x → \(not set\)\n→ sigctl restart shows\n$/,
  );
  assert.equal(text.includes('token-of'), false);

  assert.equal((await rig.sigctl(['restart', 'shows'])).exitCode, 0);
  assert.deepEqual((await envOf(rig)).differences, []);
});
