import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeRun } from '../../../src/services/website/control-outcome.js';

function judged(exitCode: number | null, stdout: unknown, stderr = '') {
  const text = typeof stdout === 'string' ? stdout : JSON.stringify(stdout);
  const { outcome, message, hint } = judgeRun({ kind: 'exited', exitCode, stdout: text, stderr }, 'restart', 'trading');
  return { outcome, message, hint };
}

test('a restart that worked names the new process', () => {
  const started = [{ kind: 'ready', service: 'trading', key: 'trading', pid: 812, tookMs: 1_240 }];
  assert.deepEqual(judged(0, { stopped: [], started, ok: true }), {
    outcome: 'done',
    message: 'trading restarted: pid 812, ready after 1.2s',
    hint: null,
  });
});

test('a service that ran already was not started', () => {
  const stdout = JSON.stringify({
    outcomes: [{ kind: 'kept', service: 'trading', key: 'trading', pid: 5, note: null }],
  });
  const run = { kind: 'exited', exitCode: 0, stdout, stderr: '' } as const;
  assert.equal(judgeRun(run, 'start', 'trading').message, 'trading was running already');
});

test('a service that did not come up is a failure with its reason', () => {
  const failed = {
    kind: 'failed',
    service: 'trading',
    key: 'trading',
    code: 'CRASHED',
    reason: 'exited with code 3',
    hint: 'sigctl logs trading',
  };
  assert.deepEqual(judged(1, { stopped: [], started: [failed], ok: false }), {
    outcome: 'failed',
    message: 'trading: exited with code 3',
    hint: 'sigctl logs trading',
  });
});

test('another command at work is busy, whichever way sigctl says it', () => {
  const error = { code: 'STACK_LOCKED', message: 'Cannot change the stack', hint: 'Wait for it' };
  assert.deepEqual(judged(1, { error }), { outcome: 'busy', message: error.message, hint: error.hint });
  assert.equal(judged(1, '', JSON.stringify({ error })).outcome, 'busy');
});

test('output that is no JSON is a failure in its own words', () => {
  assert.deepEqual(judged(4, '', 'waiting …\nsigctl: PM2 does not answer\nhint: sigctl status\n'), {
    outcome: 'failed',
    message: 'PM2 does not answer',
    hint: 'sigctl status',
  });
});

test('success is exit code 0 and nothing else, whatever was printed', () => {
  assert.equal(judged(70, { ok: true }).outcome, 'failed');
  assert.equal(judged(null, { ok: true }).message, 'sigctl restart trading was killed');
});

test('a command that has not ended is neither done nor failed', () => {
  assert.equal(judgeRun({ kind: 'unfinished', afterMs: 180_000 }, 'start', 'trading').outcome, 'unconfirmed');
});
