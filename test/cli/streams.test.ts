import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, REPO, type Run } from '../e2e/rig.js';
import { project, sigctl, spawnSigctl } from './rig.js';

/** Every command that only looks, as it is when nothing was ever started. */
const LOOKS: readonly (readonly string[])[] = [
  ['--help'],
  ['status'],
  ['status', '--json'],
  ['wait', '--for', 'stopped'],
  ['mode'],
  ['logs'],
  ['why', 'website'],
  ['history'],
  ['doctor'],
  ['config'],
  ['env', 'website'],
  ['alerts'],
  ['host'],
  ['startup', '--print', '--cron'],
  ['init', '--dry-run'],
  ['completion', 'bash'],
  ['help', 'exit-codes'],
];

/** Four at a time: each is a process of its own. */
async function forEachLook(look: (args: readonly string[]) => Promise<void>): Promise<void> {
  const waiting = [...LOOKS];
  const work = async (): Promise<void> => {
    for (let args = waiting.shift(); args !== undefined; args = waiting.shift()) await look(args);
  };
  await Promise.all([work(), work(), work(), work()]);
}

test('no command minds that its reader is gone, as with "| head"', async (t) => {
  const root = project(t);
  await forEachLook(async (args) => {
    const whole = await sigctl(root, args);
    const child = spawnSigctl(root, args);
    child.stdout?.destroy();
    const run = await collect(child);
    const seen = { args, code: run.exitCode, signal: run.signal, stderr: run.stderr };
    assert.deepEqual(seen, { args, code: whole.exitCode, signal: null, stderr: whole.stderr });
    assert.notEqual(whole.stdout + whole.stderr, '', args.join(' '));
  });
});

test('no command minds closed descriptors, as cron or a daemon may hand them over', async (t) => {
  const root = project(t);
  const run = async (args: readonly string[], redirection: string): Promise<Run> => {
    const script = `exec "$0" "$@" ${redirection}`;
    const env = { PATH: process.env['PATH'] ?? '', HOME: root };
    const command = [process.execPath, join(REPO, 'bin/sigctl'), ...args];
    return collect(spawn('/bin/sh', ['-c', script, ...command], { cwd: root, env }));
  };
  await forEachLook(async (args) => {
    const whole = await run(args, '');
    const blind = await run(args, '<&- >&-');
    assert.deepEqual([args, blind.exitCode, blind.stderr], [args, whole.exitCode, whole.stderr]);
  });
  assert.equal((await run(['status', 'webstie'], '<&- >&- 2>&-')).exitCode, 2);
});

test('a refusal whose stderr is closed keeps its exit code', async (t) => {
  const child = spawnSigctl(project(t), ['status', 'nobody']);
  child.stderr?.destroy();
  assert.equal((await collect(child)).exitCode, 2);
});

test('a result that cannot be written, as to a full disk, is exit code 1 and one line on stderr', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('/dev/full absent');
  const root = project(t);
  const full = openSync('/dev/full', 'w');
  await forEachLook(async (args) => {
    const run = await collect(spawnSigctl(root, args, { stdio: ['ignore', full, 'pipe'] }));
    // It has nothing to say on stdout here.
    if (args[0] === 'logs') return;
    assert.equal(run.exitCode, 1, args.join(' '));
    assert.match(run.stderr, /^(?:note: .*\n)*sigctl: Cannot write to stdout: .*ENOSPC.*\n$/, args.join(' '));
  });
  closeSync(full);
});

test('looking at a project leaves no trace in it', async (t) => {
  const root = project(t);
  assert.equal((await sigctl(root, ['status'])).exitCode, 0);
  assert.equal((await sigctl(root, ['mode'])).exitCode, 0);
  assert.equal(existsSync(join(root, '.sigctl')), false);
});

test('results go to stdout and refusals to stderr; with --json a refusal is a document on stdout', async (t) => {
  const root = project(t);
  const shown = await sigctl(root, ['status']);
  assert.equal(shown.stderr, '');
  const refused = await sigctl(root, ['status', 'webstie']);
  assert.equal(refused.stdout, '');
  assert.equal(
    refused.stderr,
    'sigctl: Cannot find service "webstie"\nhint: Did you mean "website"? Defined services: website, trading\n',
  );
  const document = await sigctl(root, ['status', 'webstie', '--json']);
  assert.equal(document.stderr, '');
  assert.equal(document.exitCode, 2);
  assert.deepEqual(JSON.parse(document.stdout), {
    schemaVersion: 1,
    ok: false,
    error: {
      code: 'SERVICE_UNKNOWN',
      message: 'Cannot find service "webstie"',
      hint: 'Did you mean "website"? Defined services: website, trading',
    },
  });
});
