import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readBootId, readProcStat } from '../../src/process/proc-stat.js';
import { removeStalePidFile } from '../../src/process/stale-pid-file.js';

const DEAD = { pid: 999_999_999, startToken: '1' };

function place(t: TestContext, content: string, { pid, startToken } = DEAD) {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-stale-pid-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [path, lock] = [join(folder, 'web.pid'), join(folder, 'web.lock')];
  writeFileSync(path, content);
  writeFileSync(lock, `${pid} ${startToken} ${readBootId()} start 1\n`);
  return { folder, path, lock };
}

test('the PID file of the recorded process goes when that is dead, and leaves nothing behind', (t) => {
  const { folder, path, lock } = place(t, '999999999');
  assert.equal(removeStalePidFile(path, lock), true);
  assert.deepEqual(readdirSync(folder), ['web.lock']);
  assert.equal(removeStalePidFile(path, lock), false);
});

test('the PID file of a stranger who got the number of the dead process goes too', (t) => {
  const { path, lock } = place(t, String(process.pid), { pid: process.pid, startToken: '1' });
  assert.equal(removeStalePidFile(path, lock), true);
  assert.equal(existsSync(path), false);
});

test('the PID file of a live process stays, and so does one that says anything else', (t) => {
  const startToken = readProcStat(process.pid)?.startToken ?? '';
  const live = place(t, String(process.pid), { pid: process.pid, startToken });
  assert.equal(removeStalePidFile(live.path, live.lock), false);
  assert.equal(readFileSync(live.path, 'utf8'), String(process.pid));
  for (const content of ['', '4711', 'no number']) {
    const { path, lock } = place(t, content);
    assert.equal(removeStalePidFile(path, lock), false);
    assert.equal(readFileSync(path, 'utf8'), content);
  }
});
