import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type DaemonPulse,
  type DaemonQuestion,
  NO_PULSE,
  planDaemonCare,
  takePulse,
} from '../../src/core/daemon-pulse.js';

const SILENT: DaemonQuestion = { answered: false, elapsedMs: 4_000, cpuMs: 0, state: 'S' };
const ANSWERED: DaemonQuestion = { ...SILENT, answered: true };

/** The pulse after one answer and so many questions without one. */
function silentFor(questions: number, each: Partial<DaemonQuestion> = {}): DaemonPulse {
  let pulse = takePulse(NO_PULSE, ANSWERED);
  for (let asked = 0; asked < questions; asked++) pulse = takePulse(pulse, { ...SILENT, ...each });
  return pulse;
}

test('a daemon that answers is left alone, and an answer ends the silence', () => {
  assert.equal(planDaemonCare(silentFor(0), 'S', 0), 'none');
  assert.equal(planDaemonCare(takePulse(silentFor(10), ANSWERED), 'S', 0), 'none');
});

test('ten seconds of silence over three questions or more get a daemon replaced', () => {
  assert.equal(planDaemonCare(silentFor(2), 'S', 0), 'none');
  assert.equal(planDaemonCare(silentFor(3), 'S', 0), 'replace');
  // Refused at once, as the socket is gone: asked every two seconds.
  assert.equal(planDaemonCare(silentFor(4, { elapsedMs: 2_000 }), 'S', 0), 'none');
  assert.equal(planDaemonCare(silentFor(5, { elapsedMs: 2_000 }), 'S', 0), 'replace');
});

test('a pause of the watchdog, or of the whole machine, is no silence of the daemon', () => {
  const slept = silentFor(1, { elapsedMs: 8 * 3_600_000 });
  assert.ok(slept.silentMs <= 5_000);
  assert.equal(planDaemonCare(slept, 'S', 0), 'none');
});

test('a daemon that gets no processor or waits for the disk is not replaced; one that spins is', () => {
  assert.equal(planDaemonCare(silentFor(20, { state: 'D' }), 'S', 0), 'none');
  assert.equal(planDaemonCare(silentFor(20, { state: 'R' }), 'R', 0), 'none');
  let spinning = takePulse(NO_PULSE, ANSWERED);
  for (let asked = 1; asked <= 3; asked++)
    spinning = takePulse(spinning, { ...SILENT, state: 'R', cpuMs: asked * 3_900 });
  assert.equal(planDaemonCare(spinning, 'R', 0), 'replace');
});

test('a daemon that never answered gets a minute to come up', () => {
  let young = NO_PULSE;
  for (let asked = 0; asked < 14; asked++) young = takePulse(young, SILENT);
  assert.equal(planDaemonCare(young, 'S', 0), 'none');
  assert.equal(planDaemonCare(takePulse(young, SILENT), 'S', 0), 'replace');
});

test('a daemon that was stopped is continued, replaced if that does not help, and left to a debugger', () => {
  assert.equal(planDaemonCare(silentFor(3), 'T', 0), 'continue');
  assert.equal(planDaemonCare({ ...silentFor(4), continued: true }, 'T', 0), 'none');
  assert.equal(planDaemonCare({ ...silentFor(5), continued: true }, 'T', 0), 'replace');
  assert.equal(takePulse({ ...silentFor(4), continued: true }, ANSWERED).continued, false);
  assert.equal(planDaemonCare(silentFor(50), 't', 0), 'none');
});

test('each replacement makes the next one wait twice as long, up to ten minutes', () => {
  assert.equal(planDaemonCare(silentFor(4), 'S', 1), 'none');
  assert.equal(planDaemonCare(silentFor(5), 'S', 1), 'replace');
  assert.equal(planDaemonCare(silentFor(149), 'S', 20), 'none');
  assert.equal(planDaemonCare(silentFor(150), 'S', 20), 'replace');
});
