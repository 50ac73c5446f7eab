import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeExitJournal } from '../../src/doctor/checks/exit-journal.js';
import { judgeWatchdog, type WatchSituation } from '../../src/doctor/checks/watchdog.js';

const WATCHED: WatchSituation = {
  isEnabled: true,
  pid: 900,
  processState: 'S',
  silentMs: 3_000,
  running: ['web', 'trading'],
  relying: ['web'],
};

const judge = (over: Partial<WatchSituation> = {}) => {
  const { severity, code, mend } = judgeWatchdog({ ...WATCHED, ...over });
  return [severity, code, mend];
};

test('a watchdog that lives and says so is in order, and so is one that says nothing yet', () => {
  assert.deepEqual(judge(), ['ok', 'OK', null]);
  assert.deepEqual(judge({ silentMs: undefined }), ['ok', 'OK', null]);
});

test('no watchdog while services run that should is an error, and none while nothing runs is fine', () => {
  assert.deepEqual(judge({ pid: undefined }), ['error', 'WATCHDOG_DOWN', 'sigctl recover']);
  assert.deepEqual(judge({ pid: undefined, running: [] }), ['ok', 'OK', null]);
});

test('a watchdog that is stopped is told from one that hangs, each with the command that mends it', () => {
  assert.deepEqual(judge({ processState: 'T', silentMs: 90_000 }), ['error', 'WATCHDOG_SILENT', 'kill -CONT 900']);
  const hung = judgeWatchdog({ ...WATCHED, silentMs: 90_000 });
  assert.equal(hung.code, 'WATCHDOG_SILENT');
  assert.match(hung.evidence, /last sign of life is 1m 30s old, limit 30s/);
  assert.match(hung.mend ?? '', /^kill -9 900/);
});

test('a watchdog that the manifest turns off worries only where a service relies on it', () => {
  assert.deepEqual(judge({ isEnabled: false, relying: [] }).slice(0, 2), ['info', 'WATCHDOG_OFF']);
  const relied = judgeWatchdog({ ...WATCHED, isEnabled: false });
  assert.equal(relied.severity, 'warning');
  assert.match(relied.evidence, /only it looks at: web/);
});

test('a daemon of an earlier sigctl, which notes no exits, is a warning with the command that replaces it', () => {
  assert.equal(judgeExitJournal(7, '/srv/.sigctl/run/exits.jsonl', 3, 'exits.jsonl').severity, 'ok');
  const { severity, code, mend } = judgeExitJournal(7, undefined, 0, 'exits.jsonl');
  assert.deepEqual([severity, code, mend], ['warning', 'EXIT_JOURNAL_OFF', 'sigctl stop && sigctl start']);
});
