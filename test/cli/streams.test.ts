import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect } from '../e2e/rig.js';
import { project, sigctl, spawnSigctl } from './rig.js';

for (const args of [['status'], ['status', '--json'], ['--help']]) {
  test(`sigctl ${args.join(' ')} whose reader is gone, as with "| head", exits 0 quietly`, async (t) => {
    const child = spawnSigctl(project(t), args);
    child.stdout?.destroy();
    const run = await collect(child);
    assert.deepEqual(
      { code: run.exitCode, signal: run.signal, stderr: run.stderr },
      { code: 0, signal: null, stderr: '' },
    );
  });
}

test('a refusal whose stderr is closed keeps its exit code', async (t) => {
  const child = spawnSigctl(project(t), ['status', 'nobody']);
  child.stderr?.destroy();
  assert.equal((await collect(child)).exitCode, 2);
});

test('a result that cannot be written, as to a full disk, is exit code 1 and one line on stderr', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('/dev/full absent');
  const full = openSync('/dev/full', 'w');
  const child = spawnSigctl(project(t), ['status'], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const run = await collect(child);
  assert.equal(run.exitCode, 1);
  assert.match(run.stderr, /^sigctl: Cannot write to stdout: .*ENOSPC.*\n$/);
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
