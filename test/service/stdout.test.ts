import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stdoutSink } from '../../src/service/stdout.js';
import { tempFolder } from './rig.js';

test('stdoutSink() has written a line when write() returns', (t) => {
  const path = join(tempFolder(t), 'out.log');
  const fd = openSync(path, 'a');
  t.after(() => closeSync(fd));
  const line = `${'é'.repeat(100_000)}\n`;
  stdoutSink(fd).write(line);
  assert.equal(readFileSync(path, 'utf8'), line);
});

test('stdoutSink() does not throw when the descriptor takes nothing', () => {
  stdoutSink(9_999).write('lost\n');
});
