import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckState, nextCheckState, unaskedState } from '../../src/core/check-state.js';

const LIMITS = { failures: 3, successes: 2 };

/** The states after each answer: `+` passes, `-` fails; one second between them. */
function run(answers: string, { isStarting = false, from = unaskedState(0) } = {}): readonly CheckState[] {
  const states: CheckState[] = [from];
  for (const [index, sign] of [...answers].entries()) {
    const answer = { ok: sign === '+', reason: `answer ${index + 1}` };
    const moment = { nowMs: (index + 1) * 1_000, isStarting };
    states.push(nextCheckState(states.at(-1) ?? from, answer, LIMITS, moment));
  }
  return states.slice(1);
}

const verdicts = (answers: string, options = {}) => run(answers, options).map(({ verdict }) => verdict);

test('the first pass settles an unknown check at once, and the first failures only in a row', () => {
  assert.deepEqual(verdicts('+'), ['passing']);
  assert.deepEqual(verdicts('---'), ['unknown', 'unknown', 'failing']);
  assert.deepEqual(verdicts('--+'), ['unknown', 'unknown', 'passing']);
});

test('a passing check fails after as many failures in a row as its threshold says; a pass between them starts the count anew', () => {
  assert.deepEqual(verdicts('+--+---'), [
    ...['passing', 'passing', 'passing', 'passing', 'passing', 'passing'],
    'failing',
  ]);
});

test('a failing check passes again after as many successes in a row as its threshold says', () => {
  assert.deepEqual(verdicts('---+-++'), ['unknown', 'unknown', 'failing', 'failing', 'failing', 'failing', 'passing']);
});

test('while a process is starting a failure says nothing, until the check has passed once', () => {
  assert.deepEqual(verdicts('------', { isStarting: true }), Array(6).fill('unknown'));
  assert.deepEqual(verdicts('-+---', { isStarting: true }).at(-1), 'failing');
});

test('failures during the start do not count towards the threshold after it', () => {
  const from = run('--', { isStarting: true }).at(-1);
  assert.deepEqual(verdicts('---', { from }), ['unknown', 'unknown', 'failing']);
});

test('since is when the verdict turned, and the reason is that of the newest answer that agrees with it', () => {
  const states = run('+---+-');
  assert.deepEqual(states[1], { verdict: 'passing', reason: 'answer 1', sinceMs: 1_000, contrary: 1 });
  assert.deepEqual(states[3], { verdict: 'failing', reason: 'answer 4', sinceMs: 4_000, contrary: 0 });
  assert.deepEqual(states[4], { verdict: 'failing', reason: 'answer 4', sinceMs: 4_000, contrary: 1 });
  assert.deepEqual(states[5], { verdict: 'failing', reason: 'answer 6', sinceMs: 4_000, contrary: 0 });
});
