import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { app, type Rig, startRig, until } from './rig.js';

async function environmentOf(rig: Rig, key: string): Promise<Record<string, string>> {
  await until(() => /^ENV .*$/m.test(rig.log(key)));
  const lines = [...rig.log(key).matchAll(/^ENV (.*)$/gm)];
  return JSON.parse(lines.at(-1)?.[1] ?? '{}');
}

test('nothing of the shell reaches a service but the allow-list, passEnv, env and env_file', async (t) => {
  const rig = await startRig(t, {
    apps: [
      app('shows', 'prints-env.mjs', {
        env: { GREETING: "it's $HOME", name: 'mine', status: 'fine', COUNT: 3 },
        env_file: '.env.test',
        sigctl: { passEnv: ['FEED'] },
      }),
    ],
  });
  writeFileSync(join(rig.root, '.env.test'), 'FROM_FILE="two words"\nGREETING=overridden\n');
  const run = await rig.sigctl(['start'], { env: { SECRET_OF_THE_SHELL: 'hidden', FEED: 'sim', TZ: 'UTC' } });
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  const env = await environmentOf(rig, 'shows');
  assert.equal(env['GREETING'], "it's $HOME");
  assert.equal(env['FROM_FILE'], 'two words');
  assert.equal(env['FEED'], 'sim');
  assert.equal(env['TZ'], 'UTC');
  assert.deepEqual([env['name'], env['status'], env['COUNT']], ['mine', 'fine', '3']);
  const allowed = new Set([
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'LANG',
    'LC_ALL',
    'LC_CTYPE',
    'TZ',
    'TMPDIR',
    'PWD',
  ]);
  const ours = ['GREETING', 'FROM_FILE', 'FEED', 'name', 'status', 'COUNT', 'NODE_APP_INSTANCE'];
  const strangers = Object.keys(env).filter(
    (name) => !allowed.has(name) && !ours.includes(name) && !name.startsWith('SIGCTL_'),
  );
  assert.deepEqual(strangers, []);
});

test('a secret of the manifest reaches the service, and neither PM2 nor a file that others may read', async (t) => {
  const rig = await startRig(t, { apps: [app('shows', 'prints-env.mjs', { env: { API_SECRET: 'f00d-cafe' } })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await environmentOf(rig, 'shows'))['API_SECRET'], 'f00d-cafe');
  const daemon = rig.pid('pm2');
  assert.equal(readFileSync(`/proc/${daemon}/environ`, 'utf8').includes('f00d-cafe'), false);
  assert.equal(readFileSync(join(rig.home, 'pm2/pm2.log'), 'utf8').includes('f00d-cafe'), false);
  assert.equal(statSync(join(rig.home, 'run/shows.launch')).mode & 0o077, 0);
  assert.equal(statSync(rig.home).mode & 0o077, 0);
  for (const args of [
    ['status', '--json'],
    ['mode', '--json'],
    ['start', '--json'],
  ]) {
    assert.equal((await rig.sigctl(args)).stdout.includes('f00d-cafe'), false, args.join(' '));
  }
});

test('a changed manifest is named by start, and applied by restart: a variable that went is gone', async (t) => {
  const rig = await startRig(t, { apps: [app('shows', 'prints-env.mjs', { env: { OLD: '1', KEPT: '1' } })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await environmentOf(rig, 'shows');
  rig.writeManifest({ apps: [app('shows', 'prints-env.mjs', { env: { KEPT: '2' } })] });
  const start = await rig.sigctl(['start']);
  assert.match(start.stdout, /its manifest entry changed since it started; "sigctl restart shows" applies it/);
  // Asking twice does not make it true.
  assert.match((await rig.sigctl(['start'])).stdout, /its manifest entry changed/);
  assert.equal((await rig.sigctl(['restart', 'shows'])).exitCode, 0);
  await until(async () => (await environmentOf(rig, 'shows'))['KEPT'] === '2');
  assert.equal((await environmentOf(rig, 'shows'))['OLD'], undefined);
  assert.match((await rig.sigctl(['start'])).stdout, /already running/);
});

test('a project in a folder with blanks, quotes and a path too long for a socket works', async (t) => {
  const folder = `it's a "project" with blanks/${'long-'.repeat(30)}`;
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] }, { folder });
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  assert.equal((await rig.report('a')).verdict, 'healthy');
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
});

test('SIGCTL_HOME moves the state, and the manifest is found from a folder below', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] }, { home: 'elsewhere' });
  mkdirSync(join(rig.root, 'below'));
  const env = { SIGCTL_HOME: 'elsewhere' };
  assert.equal((await rig.sigctl(['start'], { env })).exitCode, 0);
  assert.match(readFileSync(join(rig.root, 'elsewhere/run/a.pid'), 'utf8'), /^\d+$/);
  const below = await rig.sigctl(['status', '--json'], {
    env: { SIGCTL_HOME: '../elsewhere' },
    cwd: join(rig.root, 'below'),
  });
  assert.equal(JSON.parse(below.stdout).services[0].verdict, 'healthy');
  assert.equal((await rig.sigctl(['stop'], { env })).exitCode, 0);
});

test('what a shell passed to a service stays in force for restarts from elsewhere, until it is set to something else or to nothing', async (t) => {
  const rig = await startRig(t, { apps: [app('shows', 'prints-env.mjs', { sigctl: { passEnv: ['FEED', 'TOKEN'] } })] });
  assert.equal((await rig.sigctl(['start'], { env: { FEED: 'kraken', TOKEN: 'f00d-cafe' } })).exitCode, 0);
  await until(async () => (await environmentOf(rig, 'shows'))['FEED'] === 'kraken');

  const again = await rig.sigctl(['restart', 'shows']);
  assert.equal(again.exitCode, 0);
  assert.match(again.stderr, /note: FEED, TOKEN as in an earlier start/);
  assert.equal((again.stdout + again.stderr).includes('f00d-cafe'), false);
  assert.equal(statSync(join(rig.home, 'shell-env.json')).mode & 0o077, 0);
  await until(() => rig.log('shows').split('ENV ').length === 3);
  assert.equal((await environmentOf(rig, 'shows'))['FEED'], 'kraken');

  assert.equal((await rig.sigctl(['restart', 'shows'], { env: { FEED: '', TOKEN: 'other' } })).exitCode, 0);
  await until(async () => (await environmentOf(rig, 'shows'))['TOKEN'] === 'other');
  assert.equal((await environmentOf(rig, 'shows'))['FEED'], undefined);
  const last = await rig.sigctl(['restart', 'shows']);
  assert.match(last.stderr, /note: TOKEN as in an earlier start/);
});
