import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readProcessState } from '../../../src/process/process-state.js';
import { commandSender } from '../../../src/services/watchdog/alerts/command.js';
import { eventually, tempFolder } from '../../service/rig.js';
import { alertOf, outgoing } from './alert-rig.js';

function sender(t: TestContext, command: string, timeoutMs = 30_000) {
  const cwd = tempFolder(t);
  const env = () => ({ PATH: process.env['PATH'], GREETING: 'hello' });
  const { send } = commandSender({ kind: 'command', command }, { env, cwd, timeoutMs });
  return { cwd, send: () => send([outgoing(alertOf('a1'))]) };
}

test('a command gets the alert on its standard input, and its variables', async (t) => {
  const { cwd, send } = sender(t, 'cat > alert.json; echo "$GREETING" > greeting; echo noise; echo noise >&2');
  assert.deepEqual(await send(), { kind: 'delivered' });
  assert.equal(JSON.parse(readFileSync(join(cwd, 'alert.json'), 'utf8')).id, 'a1');
  assert.equal(readFileSync(join(cwd, 'greeting'), 'utf8'), 'hello\n');
});

test('a command that does not read its input is no fault', async (t) => {
  assert.deepEqual(await sender(t, 'exit 0').send(), { kind: 'delivered' });
});

test('a command that fails is run again; one that does not exist is given up', async (t) => {
  assert.deepEqual(await sender(t, 'exit 3').send(), {
    kind: 'retry',
    error: 'exited with code 3',
    isUncertain: false,
  });
  assert.deepEqual(await sender(t, 'no-such-program-here').send(), { kind: 'dead', error: 'exited with code 127' });
  assert.equal((await sender(t, 'kill -TERM $$').send()).kind, 'retry');
});

test('a command that hangs is ended at its deadline, with what it started', async (t) => {
  // A busy machine needs a longer deadline for the command to come so far at all.
  const hang = async (timeoutMs: number): Promise<string> => {
    const { cwd, send } = sender(t, 'sleep 300 & echo $! > pid.tmp && mv pid.tmp pid; wait', timeoutMs);
    const error = `still ran after ${timeoutMs / 1_000} s, and was ended`;
    assert.deepEqual(await send(), { kind: 'retry', error, isUncertain: true });
    return existsSync(join(cwd, 'pid')) ? cwd : hang(2 * timeoutMs);
  };
  const cwd = await hang(400);
  // Its parent is gone too, so it may stay a zombie until the machine's init collects it.
  const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
  await eventually(() => [undefined, 'Z'].includes(readProcessState(pid)), 'the end of what it started');
});

test('a variable that is not set is named, and the command is not run', async (t) => {
  const { cwd, send } = sender(t, 'touch ran; echo $NO_SUCH_VARIABLE');
  assert.deepEqual(await send(), { kind: 'retry', error: 'NO_SUCH_VARIABLE is not set', isUncertain: false });
  assert.equal(existsSync(join(cwd, 'ran')), false);
});
