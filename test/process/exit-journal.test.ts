import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ExitRecord, journalEnd, parseExits, readExits } from '../../src/process/exit-journal.js';
import { tempFolder } from './rig.js';

const PRELOAD = fileURLToPath(new URL('../../scripts/services/exit-journal.cjs', import.meta.url));

const exit = (key: string, pid: number, rest: Partial<ExitRecord> = {}): ExitRecord => ({
  key,
  pid,
  code: 3,
  signal: null,
  atMs: 1_000 + pid,
  logBytes: 0,
  byPm2: false,
  ...rest,
});
const line = (record: ExitRecord): string => `${JSON.stringify(record)}\n`;
const pids = (exits: readonly ExitRecord[]): readonly number[] => exits.map(({ pid }) => pid);

/** Runs a program of the daemon's kind with the journal preloaded: it starts `launch.sh` stand-ins one after the other. */
async function runDaemon(folder: string, program: string, journal = join(folder, 'exits.jsonl')): Promise<void> {
  const file = join(folder, 'daemon.cjs');
  writeFileSync(file, program);
  const child = spawn(process.execPath, ['-r', PRELOAD, file], {
    env: { SIGCTL_EXIT_JOURNAL: journal, FOLDER: folder },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(60_000) });
  assert.equal(code, 0);
}

const DAEMON = `
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { writeFileSync } = require('node:fs');
const log = join(process.env.FOLDER, 'web.log');
async function run(script, status) {
  const launcher = join(process.env.FOLDER, 'launch.sh');
  writeFileSync(launcher, script);
  const child = spawn('/usr/bin/env', ['-i', '/bin/sh', launcher, '/run/web.launch', log], { stdio: 'ignore' });
  child.pm2_env = { status };
  return once(child, 'exit');
}
`;

test('the journal tells every exit code from every signal, an unhandled SIGINT from an exit with 0 too', async (t) => {
  const run = tempFolder(t);
  const ends = ['exit 3', 'exit 0', 'kill -INT $$', 'kill -KILL $$', 'kill -SEGV $$', 'exit 255'];
  await runDaemon(
    run,
    `${DAEMON}
    (async () => { for (const end of ${JSON.stringify(ends)}) await run(end, 'online'); })();`,
  );
  const { exits } = readExits({ run });
  assert.deepEqual(
    exits.map(({ key, code, signal, byPm2 }) => [key, code ?? signal, byPm2]),
    [3, 0, 'SIGINT', 'SIGKILL', 'SIGSEGV', 255].map((end) => ['web', end, false]),
  );
  assert.ok(exits.every(({ pid, atMs }) => pid > 1 && Math.abs(Date.now() - atMs) < 60_000));
  assert.equal(statSync(join(run, 'exits.jsonl')).mode & 0o777, 0o600);
});

test('the journal notes the size of the log at the exit, and what PM2 ended itself; a process learns how the one before it ended', async (t) => {
  const run = tempFolder(t);
  await runDaemon(
    run,
    `${DAEMON}
    const told = (then) => 'printf "<%s>" "$3" >>"$2"; ' + then;
    (async () => {
      await run(told('exit 4'), 'online');
      await run(told('kill -TERM $$'), 'online');
      await run(told('exit 0'), 'stopping');
      await run(told('exit 0'), 'online');
    })();`,
  );
  // The stand-in's $1 is the launch file.
  assert.equal(readFileSync(join(run, 'web.log'), 'utf8'), '<><code:4><signal:SIGTERM><asked>');
  const { exits } = readExits({ run });
  assert.deepEqual(
    exits.map(({ logBytes, byPm2 }) => [logBytes, byPm2]),
    [
      [2, false],
      [10, false],
      [26, true],
      [33, false],
    ],
  );
});

test('the journal tells by which signal the daemon itself was told to end, once it listens as PM2 does', async (t) => {
  const folder = tempFolder(t);
  await runDaemon(
    folder,
    `${DAEMON}
(async () => {
  await run('exit 3', 'online');
  process.on('SIGTERM', async () => {
    await run('kill -INT $$', 'stopped');
    process.exit(0);
  });
  setInterval(() => {}, 1000);
  process.kill(process.pid, 'SIGTERM');
})();`,
  );
  const { exits } = readExits({ run: folder });
  assert.deepEqual(
    exits.map(({ signal, daemonSignal }) => [signal, daemonSignal]),
    [
      [null, undefined],
      ['SIGINT', 'SIGTERM'],
    ],
  );
});

test('other children of the daemon, its environment and a journal that cannot be written are left alone', async (t) => {
  const run = tempFolder(t);
  await runDaemon(
    run,
    `${DAEMON}
    const assert = require('node:assert');
    assert.equal(process.env.SIGCTL_EXIT_JOURNAL, undefined);
    (async () => {
      await once(spawn('/bin/true', { stdio: 'ignore' }), 'exit');
      await once(spawn('/usr/bin/env', ['-i', '/bin/true'], { stdio: 'ignore' }), 'exit');
      assert.deepEqual(await run('exit 5', 'online'), [5, null]);
    })();`,
  );
  assert.deepEqual(pids(readExits({ run }).exits).length, 1);
  // The daemon ends with 0: nothing was thrown.
  await runDaemon(run, `${DAEMON} run('exit 6', 'online');`, join(run, 'absent', 'exits.jsonl'));
});

test('what could not be written while the disk was full is written when it can be', async (t) => {
  const run = tempFolder(t);
  // A folder in its place: every write fails, as with a full disk.
  mkdirSync(join(run, 'exits.jsonl'));
  await runDaemon(
    run,
    `${DAEMON}
    const { rmdirSync } = require('node:fs');
    (async () => {
      await run('exit 1', 'online');
      await run('exit 2', 'online');
      rmdirSync(join(process.env.FOLDER, 'exits.jsonl'));
      await run('exit 3', 'online');
    })();`,
  );
  assert.deepEqual(
    readExits({ run }).exits.map(({ code }) => code),
    [1, 2, 3],
  );
});

test('a journal above its size is renamed, and a reader that goes on from its place misses nothing and reads nothing twice', async (t) => {
  const run = tempFolder(t);
  const file = join(run, 'exits.jsonl');
  const many = Array.from({ length: 9_000 }, (_, index) => exit('web', index + 1));
  writeFileSync(file, many.slice(0, 100).map(line).join(''));
  const first = readExits({ run });
  assert.equal(first.exits.length, 100);
  appendFileSync(file, many.slice(100).map(line).join(''));
  await runDaemon(run, `${DAEMON} run('exit 7', 'online');`);
  assert.ok(existsSync(`${file}.1`));
  const second = readExits({ run }, first.position);
  assert.deepEqual(pids(second.exits).slice(0, -1), pids(many.slice(100)));
  assert.equal(second.exits.at(-1)?.code, 7);
  assert.deepEqual(readExits({ run }, second.position).exits, []);
});

test('readExits() goes on behind a rename although the new journal is not there yet, or longer than the place was', (t) => {
  const run = tempFolder(t);
  const file = join(run, 'exits.jsonl');
  writeFileSync(file, line(exit('a', 1)));
  const { position } = readExits({ run });
  appendFileSync(file, line(exit('a', 2)));
  renameSync(file, `${file}.1`);
  const between = readExits({ run }, position);
  assert.deepEqual(pids(between.exits), [2]);
  writeFileSync(file, [3, 4, 5, 6].map((pid) => line(exit('a', pid))).join(''));
  assert.deepEqual(pids(readExits({ run }, position).exits), [2, 3, 4, 5, 6]);
  assert.deepEqual(pids(readExits({ run }, between.position).exits), [3, 4, 5, 6]);
  assert.deepEqual(pids(readExits({ run }).exits), [1, 2, 3, 4, 5, 6]);
});

test('readExits() waits for the end of a line that is being written, and skips half a line for good', (t) => {
  const run = tempFolder(t);
  const file = join(run, 'exits.jsonl');
  writeFileSync(file, `${line(exit('a', 1))}{"key":"a","pi`);
  const first = readExits({ run });
  assert.deepEqual(pids(first.exits), [1]);
  appendFileSync(file, `\n${line(exit('a', 2))}`);
  assert.deepEqual(pids(readExits({ run }, first.position).exits), [2]);
});

test('without a journal there are no exits, and the place before the first one is the beginning', (t) => {
  const run = tempFolder(t);
  assert.deepEqual(readExits({ run }), { exits: [], position: undefined });
  assert.equal(journalEnd({ run }), undefined);
  writeFileSync(join(run, 'exits.jsonl'), line(exit('a', 1)));
  assert.deepEqual(pids(readExits({ run }, undefined).exits), [1]);
  assert.deepEqual(readExits({ run }, journalEnd({ run })).exits, []);
});

test('parseExits() takes nothing for an exit that is none, and a line that was written twice once', () => {
  const good = line(exit('a', 1));
  for (const bad of ['', '{', 'null', '[]', '7', '{"key":1}', '{"key":"a","pid":"1","atMs":1}'])
    assert.deepEqual(pids(parseExits(`${bad}\n${good}`)), [1], bad);
  assert.deepEqual(pids(parseExits(good + good)), [1]);
  assert.deepEqual(parseExits('{"key":"a","pid":1,"atMs":2,"code":"x"}\n')[0]?.code, null);
});

test('a daemon that prints again and again on a full disk lives on', async (t) => {
  const file = join(tempFolder(t), 'daemon.cjs');
  const program =
    "let n = 0; setInterval(() => { console.log('o'); console.error('e'); if (++n === 5) process.exit(7); }, 10);";
  writeFileSync(file, program);
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  const child = spawn(process.execPath, ['-r', PRELOAD, file], { env: {}, stdio: ['ignore', full, full] });
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(60_000) });
  assert.equal(code, 7);
});

test('what a daemon prints into a file is there, in order', async (t) => {
  const folder = tempFolder(t);
  const [file, log] = [join(folder, 'daemon.cjs'), join(folder, 'pm2.log')];
  writeFileSync(file, "console.log('1 %s', 'ü'); console.error('2'); process.stdout.write(Buffer.from('3\\n'));");
  const out = openSync(log, 'a');
  t.after(() => closeSync(out));
  const child = spawn(process.execPath, ['-r', PRELOAD, file], { env: {}, stdio: ['ignore', out, out] });
  await once(child, 'close', { signal: AbortSignal.timeout(60_000) });
  assert.equal(readFileSync(log, 'utf8'), '1 ü\n2\n3\n');
});
