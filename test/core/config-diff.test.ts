import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffSpecs } from '../../src/core/config-diff.js';
import { specLines } from '../../src/core/spec-lines.js';
import { serviceSpec } from '../stack-literals.js';

const MB = 1024 ** 2;

test('diffSpecs() names each changed setting as the manifest does, in units, and whether it needs a restart', () => {
  const running = serviceSpec('web', {
    memoryLimitBytes: 512 * MB,
    env: { LOG_LEVEL: 'info', API_TOKEN: 'hunter2', OLD: '1' },
  });
  const manifest = serviceSpec('web', {
    memoryLimitBytes: 1024 * MB,
    killTimeoutMs: 8_000,
    env: { LOG_LEVEL: 'debug', API_TOKEN: 'hunter3', NEW: '2' },
    after: ['db'],
    hash: 'bbbb',
  });
  assert.deepEqual(diffSpecs(running, manifest), [
    { key: 'env.LOG_LEVEL', running: 'info', manifest: 'debug', needsRestart: true },
    { key: 'env.API_TOKEN', running: '*****', manifest: '*****', needsRestart: true },
    { key: 'env.OLD', running: '1', manifest: null, needsRestart: true },
    { key: 'max_memory_restart', running: '512 MB', manifest: '1.0 GB', needsRestart: true },
    { key: 'kill_timeout', running: '5s', manifest: '8s', needsRestart: true },
    { key: 'sigctl.after', running: 'none', manifest: 'db', needsRestart: false },
    { key: 'env.NEW', running: null, manifest: '2', needsRestart: true },
  ]);
});

test('diffSpecs() of two equal services is empty, whatever their hash says', () => {
  assert.deepEqual(diffSpecs(serviceSpec('web'), serviceSpec('web', { hash: 'other' })), []);
});

test('specLines() shows no secret, not even inside a URL', () => {
  const spec = serviceSpec('web', { env: { DB_PASSWORD: 'hunter2', DATABASE_URL: 'postgres://ann:hunter2@db/x' } });
  const shown = specLines(spec)
    .map((line) => line.shown)
    .join('\n');
  assert.ok(!shown.includes('hunter2'), shown);
  assert.match(shown, /postgres:\/\/ann:\*+@db/);
});
