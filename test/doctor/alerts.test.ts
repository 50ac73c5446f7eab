import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeUndelivered } from '../../src/doctor/checks/alerts.js';

const UNDELIVERED = { count: 3, dead: 0, channel: 'telegram', error: 'ECONNREFUSED', oldestAtMs: 0 };

test('alerts that wait for the network are a warning; one that was given up is an error with the way to retry it', () => {
  const waiting = judgeUndelivered(UNDELIVERED, 600_000);
  assert.equal(waiting.severity, 'warning');
  assert.equal(waiting.code, 'ALERTS_UNDELIVERED');
  assert.equal(waiting.evidence, '3 alerts not delivered (0 given up), the oldest 10m 00s old: ECONNREFUSED');
  const dead = judgeUndelivered({ ...UNDELIVERED, dead: 1, error: '403 Forbidden' }, 600_000);
  assert.equal(dead.severity, 'error');
  assert.match(dead.mend ?? '', /sigctl alerts retry/);
});
