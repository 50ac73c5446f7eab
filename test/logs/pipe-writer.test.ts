import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createPipeWriter } from '../../src/logs/pipe-writer.js';
import { DEADLINE_MS } from './log-rig.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/pipe-writer.mts', import.meta.url));

test('a program that writes into `head -1` ends quietly with exit code 0', () => {
  const script = `{ "$0" --import tsx "$1"; echo "exit $?" >&2; } | head -1`;
  const run = spawnSync('sh', ['-c', script, process.execPath, FIXTURE], { encoding: 'utf8', timeout: DEADLINE_MS });
  assert.match(run.stdout, /^0 x+\n$/);
  assert.equal(run.stderr, 'nobody reads any more: 0\nexit 0\n');
});

test('writing resolves true when the stream took the text', async () => {
  const stream = new PassThrough();
  assert.equal(await createPipeWriter(stream)('one\n'), true);
  assert.equal(String(stream.read()), 'one\n');
});

test('another failure than a closed pipe is an error', async () => {
  const full = new Writable({
    write(_chunk, _encoding, callback) {
      callback(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    },
  });
  await assert.rejects(createPipeWriter(full)('one\n'), { code: 'ENOSPC' });
});
