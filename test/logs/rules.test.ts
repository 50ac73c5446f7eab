import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, copyFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLogRule } from '../../src/core/log-line.js';
import { readLogs } from '../../src/logs/log-reader.js';
import { segmentPath } from '../../src/logs/segments.js';
import { StartWatch } from '../../src/logs/start-watch.js';
import { identify } from '../../src/process/identity.js';
import { tempFolder, until } from './log-rig.js';

/** A live process and what the launcher would have written of it. */
async function startProcess(t: TestContext): Promise<{ child: ChildProcess; pid: number; token: string }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  t.after(() => child.kill('SIGKILL'));
  const identity = identify(child.pid ?? 0);
  assert.ok(identity);
  return { child, pid: identity.pid, token: identity.startToken };
}

function record(lock: string, { pid, token }: { pid: number; token: string }, startId: string, starts: number): void {
  writeFileSync(lock, `${pid} ${token} boot ${startId} ${starts}\n`);
}

test('a start is noticed once, as the first one or in place of a process that lived', async (t) => {
  const lock = join(await tempFolder(t), 'trading.lock');
  const nowMs = () => Date.now();
  const none = new StartWatch(lock, nowMs);
  assert.equal(none.look(), undefined);
  const [first, second] = [await startProcess(t), await startProcess(t)];
  record(lock, first, 'id-1', 1);
  assert.deepEqual(none.look()?.happening, { kind: 'started', pid: first.pid });
  assert.equal(none.look(), undefined);
  record(lock, second, 'id-1', 4);
  const noticed = none.look();
  assert.deepEqual(noticed?.happening, { kind: 'restarted', fromPid: first.pid, pid: second.pid, times: 3 });
  assert.ok(Math.abs((noticed?.atMs ?? 0) - Date.now()) < 60_000);
  record(lock, first, 'id-2', 1);
  assert.deepEqual(none.look()?.happening, { kind: 'restarted', fromPid: second.pid, pid: first.pid, times: 1 });
});

test('the start after a process that had ended before is no restart', async (t) => {
  const lock = join(await tempFolder(t), 'trading.lock');
  const [gone, next] = [await startProcess(t), await startProcess(t)];
  gone.child.kill('SIGKILL');
  await once(gone.child, 'exit');
  record(lock, gone, 'id-1', 1);
  const watch = new StartWatch(lock, () => Date.now());
  record(lock, next, 'id-2', 1);
  assert.deepEqual(watch.look()?.happening, { kind: 'started', pid: next.pid });
});

test('restarts and rotations are told between the lines where they happened', async (t) => {
  const folder = await tempFolder(t);
  const [path, lock] = [join(folder, 'trading.log'), join(folder, 'trading.lock')];
  const [first, second] = [await startProcess(t), await startProcess(t)];
  record(lock, first, 'id', 1);
  await writeFile(path, 'one\n');
  const stopper = new AbortController();
  t.after(() => stopper.abort());
  const seen: string[] = [];
  const reading = (async () => {
    for await (const batch of readLogs(() => path, {
      sources: [{ service: 'trading', instance: '0', key: 'trading' }],
      lines: 1,
      follow: true,
      rules: { lockPath: () => lock, nowMs: () => Date.now() },
      signal: stopper.signal,
    })) {
      for (const entry of batch) seen.push(isLogRule(entry) ? entry.happening.kind : entry.msg);
    }
  })();
  const expect = async (...lines: string[]) => {
    await until(`${lines.join()}, have ${seen.join()}`, () => seen.length >= lines.length);
    assert.deepEqual(seen.splice(0), lines);
  };
  await expect('one');
  // The last line of the old process and the first of the new one are read at once: the times tell them apart.
  const line = (atMs: number, msg: string) => `${JSON.stringify({ level: 30, time: atMs, msg })}\n`;
  appendFileSync(path, line(Date.now() - 3_600_000, 'last words') + line(Date.now(), 'hello'));
  record(lock, second, 'id', 2);
  await expect('last words', 'restarted', 'hello');
  await rename(path, segmentPath(path, Date.now(), 1));
  await writeFile(path, 'two\n');
  await expect('rotated', 'two');
  await appendFile(path, `${'x'.repeat(5000)}\n`);
  await expect('x'.repeat(5000));
  await copyFile(path, segmentPath(path, Date.now(), 2));
  await truncate(path, 0);
  await appendFile(path, 'three\n');
  await expect('rotated', 'three');
  await truncate(path, 0);
  await appendFile(path, '4\n');
  await expect('renewed', '4');
  stopper.abort();
  await reading;
  assert.match(readFileSync(path, 'utf8'), /^4\n$/);
});
