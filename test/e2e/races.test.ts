import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readCommandLine, readProcStat } from '../../src/process/proc-stat.js';
import { listPids } from '../../src/process/tree.js';
import { app, collect, type Rig, startRig, until } from './rig.js';

/** From no daemon at all, each time. */
const ROUNDS = 20;

test('two starts at the same moment, twenty times: one daemon, one process per service, no hang', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs'), app('b', 'loop.sh')] });
  for (let round = 1; round <= ROUNDS; round++) {
    const runs = await Promise.all([collect(rig.spawn(['start'])), collect(rig.spawn(['start']))]);
    assert.deepEqual(
      runs.map((run) => run.exitCode),
      [0, 0],
      `round ${round}: ${runs.map((run) => run.stdout + run.stderr).join('\n')}`,
    );
    assert.equal(daemons(rig).length, 1, `round ${round}`);
    assert.equal(copies(rig, 'idle.mjs').length, 1, `round ${round}`);
    assert.equal(copies(rig, 'loop.sh').length, 1, `round ${round}`);
    assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
    await until(() => daemons(rig).length === 0);
  }
});

test('--wait 0 refuses at once while another command works, and names it', async (t) => {
  const rig = await startRig(t, {
    apps: [app('slow', 'never-ready.mjs', { sigctl: { ready: { log: 'never', within: '60s' } } })],
  });
  const first = rig.spawn(['start']);
  const ended = collect(first);
  await until(() => copies(rig, 'never-ready.mjs').length === 1);
  const second = await rig.sigctl(['stop', '--wait', '0', '--json']);
  assert.equal(second.exitCode, 1);
  const { error } = JSON.parse(second.stdout);
  assert.equal(error.code, 'STACK_LOCKED');
  assert.match(error.message, new RegExp(`"sigctl start" \\(pid ${first.pid}\\) is at work`));
  // Whoever waits for it and is interrupted has changed nothing, and did not wait to the end.
  const third = rig.spawn(['stop', '--wait', '10m']);
  let waits = '';
  third.stderr?.on('data', (chunk: Buffer) => (waits += chunk.toString()));
  const gaveUp = collect(third);
  await until(() => waits.includes('waiting for'));
  third.kill('SIGINT');
  const { stderr } = await gaveUp;
  assert.match(stderr, /interrupted while "sigctl start" \(pid \d+\) was at work; nothing was changed/);
  assert.doesNotMatch(stderr, /goes on to its end/);
  first.kill('SIGINT');
  assert.equal((await ended).exitCode, 130);
});

test('a command that is killed gives its lock back', async (t) => {
  const rig = await startRig(t, {
    apps: [app('slow', 'never-ready.mjs', { sigctl: { ready: { log: 'never', within: '60s' } } })],
  });
  const first = rig.spawn(['start']);
  const ended = collect(first);
  await until(() => copies(rig, 'never-ready.mjs').length === 1);
  first.kill('SIGKILL');
  assert.equal((await ended).signal, 'SIGKILL');
  assert.equal((await rig.sigctl(['stop', '--wait', '0'])).exitCode, 0);
});

/** By their environment: a process's title is cut off to the length of what it was started with. */
function daemons(rig: Rig): readonly number[] {
  return listPids().filter(
    (pid) => readProcStat(pid) !== undefined && environmentOf(pid).includes(`PM2_HOME=${rig.home}/pm2`),
  );
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // It ended between the listing and this look.
    return [];
  }
}

function copies(rig: Rig, script: string): readonly number[] {
  return listPids().filter((pid) => readCommandLine(pid).includes(`${rig.root}/${script}`));
}
