import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Finding } from '../../src/core/finding.js';
import { isDeadSocket } from '../../src/doctor/dead-socket.js';
import { applyRemedies } from '../../src/doctor/fixes/apply-remedies.js';
import { removePidFile } from '../../src/doctor/fixes/remove-pid-file.js';
import { removeSockets } from '../../src/doctor/fixes/remove-sockets.js';
import { findFlock } from '../../src/operate/daemon.js';
import { readBootId, readProcStat } from '../../src/process/proc-stat.js';
import { acquireStackLock } from '../../src/store/stack-lock.js';
import { makeFinding } from './literals.js';
import { tempFolder } from './temp-folder.js';

const FIX = { flock: findFlock(process.env['PATH']), show: (path: string) => path, daemonPid: () => undefined };

function makePidFile(t: TestContext, content: string) {
  const folder = tempFolder(t);
  const path = join(folder, 'web.pid');
  const lock = join(folder, 'web.lock');
  writeFileSync(path, content);
  return { kind: 'remove-pid-file', path, lock, content } as const;
}

test('a stale PID file goes, with a lock file beside it and without', (t) => {
  const remedy = makePidFile(t, '999999999');
  assert.equal(removePidFile(remedy, FIX).kind, 'fixed');
  assert.equal(existsSync(remedy.path), false);
  const locked = makePidFile(t, '999999999');
  writeFileSync(locked.lock, '');
  assert.equal(removePidFile(locked, FIX).kind, 'fixed');
  assert.equal(existsSync(locked.path), false);
  assert.equal(removePidFile(locked, FIX).kind, 'fixed');
});

test('a PID file that was written anew since it was judged stays', (t) => {
  const remedy = makePidFile(t, '999999999');
  writeFileSync(remedy.path, '4711');
  assert.equal(removePidFile(remedy, FIX).kind, 'left');
  assert.equal(readFileSync(remedy.path, 'utf8'), '4711');
});

test('a PID file stays that names the very process on record', (t) => {
  const remedy = makePidFile(t, String(process.pid));
  writeFileSync(remedy.lock, `${process.pid} ${readProcStat(process.pid)?.startToken} ${readBootId()} id 1`);
  assert.equal(removePidFile(remedy, FIX).kind, 'left');
});

test('a PID file stays while somebody holds the kernel lock of its service', {
  skip: FIX.flock === undefined,
}, async (t) => {
  const remedy = makePidFile(t, '999999999');
  const holder = spawn(FIX.flock ?? '', [remedy.lock, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const result = removePidFile(remedy, FIX);
  holder.stdin.end();
  assert.equal(result.kind, 'left');
  assert.ok(existsSync(remedy.path));
});

/** A socket file that outlived its listener, which was killed before it could remove it. */
async function makeDeadSocket(folder: string): Promise<string> {
  const path = join(folder, 'rpc.sock');
  const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('ready'))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return path;
}

test('a socket without a listener is dead; one with, a file and nothing at all are not', async (t) => {
  const folder = tempFolder(t);
  const server = createServer().listen(join(folder, 'live.sock'));
  t.after(() => server.close());
  await once(server, 'listening');
  writeFileSync(join(folder, 'file'), '');
  assert.equal(await isDeadSocket(join(folder, 'live.sock')), false);
  assert.equal(await isDeadSocket(join(folder, 'file')), false);
  assert.equal(await isDeadSocket(join(folder, 'absent')), false);
  assert.equal(await isDeadSocket(await makeDeadSocket(folder)), true);
});

test('dead sockets go, unless a daemon was started meanwhile', async (t) => {
  const path = await makeDeadSocket(tempFolder(t));
  const remedy = { kind: 'remove-sockets', paths: [path] } as const;
  assert.equal((await removeSockets(remedy, { ...FIX, daemonPid: () => 77 })).kind, 'left');
  assert.ok(existsSync(path));
  assert.equal((await removeSockets(remedy, FIX)).kind, 'fixed');
  assert.equal(existsSync(path), false);
});

const request = (folder: string) => ({
  folder,
  pid: process.pid,
  waitMs: 0,
  note: () => undefined,
  signal: new AbortController().signal,
});

test('without anything to mend not even the lock is made', async (t) => {
  const folder = join(tempFolder(t), 'run');
  assert.deepEqual(await applyRemedies([makeFinding({})], FIX, request(folder)), []);
  assert.equal(existsSync(folder), false);
});

test('while another command is at work everything is left, and who it is is said', async (t) => {
  const folder = tempFolder(t);
  const remedy = makePidFile(t, '999999999');
  const finding: Finding = makeFinding({ code: 'STALE_PID_FILE', remedy });
  const release = await acquireStackLock({
    ...request(folder),
    holder: { pid: process.pid, command: 'start web' },
    onWait: () => undefined,
  });
  const [left] = await applyRemedies([finding], FIX, request(folder));
  assert.equal(left?.kind, 'left');
  assert.match(left?.detail ?? '', /"sigctl start web" \(pid \d+\) is at work/);
  release();
  const [fixed] = await applyRemedies([finding], FIX, request(folder));
  assert.equal(fixed?.kind, 'fixed');
});

test('a fix that throws is left with its reason, and the next one is still done', async (t) => {
  const folder = tempFolder(t);
  const odd = join(tempFolder(t), 'odd.pid');
  mkdirSync(odd);
  const broken = { kind: 'remove-pid-file', path: odd, lock: `${odd}.lock`, content: '1' } as const;
  const outcomes = await applyRemedies(
    [makeFinding({ remedy: broken }), makeFinding({ remedy: makePidFile(t, '999999999') })],
    FIX,
    request(folder),
  );
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['left', 'fixed'],
  );
});
