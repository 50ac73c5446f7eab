import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceReport } from '../../src/core/service-report.js';
import type { Verdict } from '../../src/core/verdict.js';
import { judgeAbsentDaemon, judgeSilentDaemon } from '../../src/doctor/checks/daemon.js';
import { judgeProcess, lockDeleted, type ProcessSituation } from '../../src/doctor/checks/judge-process.js';
import { judgeReport } from '../../src/doctor/checks/services.js';
import { brief } from './literals.js';

const MAIN = { pid: 100, command: 'node web.js' };
const ALONE: ProcessSituation = { service: 'web', key: 'web', wanted: true, main: MAIN, isOrphan: false, others: [] };
const judge = (rest: Partial<ProcessSituation>) => judgeProcess({ ...ALONE, ...rest });

test('one process under PM2 is in order', () => {
  assert.deepEqual(judge({}), []);
});

test('a process that PM2 lost is an orphan: restart takes it back when it should run, stop ends it when not', () => {
  assert.deepEqual(brief(judge({ isOrphan: true })), ['warning ORPHAN']);
  assert.equal(judge({ isOrphan: true })[0]?.mend, 'sigctl restart web');
  assert.equal(judge({ isOrphan: true, wanted: false })[0]?.mend, 'sigctl stop web');
});

test('the same command beside the process on record is a duplicate, and an error that names both', () => {
  const [finding] = judge({ others: [{ pid: 200, command: 'node web.js' }] });
  assert.equal(finding?.severity, 'error');
  assert.equal(finding?.code, 'DUPLICATE');
  assert.match(finding?.evidence ?? '', /pid 100 .* pid 200 \(node web\.js\)/);
});

test('another program that holds the lock is a leftover, with its service or without', () => {
  const sleeper = { pid: 200, command: 'sleep 600' };
  assert.match(judge({ others: [sleeper] })[0]?.evidence ?? '', /not below its process \(pid 100\)/);
  const [finding] = judge({ main: undefined, others: [sleeper] });
  assert.equal(finding?.code, 'LEFTOVER_PROCESS');
  assert.match(finding?.evidence ?? '', /its process is gone, and pid 200 \(sleep 600\) of it still holds its lock/);
});

test('processes whose command cannot be read are never called duplicates', () => {
  const nameless = { pid: 100, command: '' };
  assert.deepEqual(brief(judge({ main: nameless, others: [{ pid: 200, command: '' }] })), ['warning LEFTOVER_PROCESS']);
});

test('a deleted lock file is an error, and names who holds it', () => {
  const finding = lockDeleted('web', [MAIN]);
  assert.equal(finding.severity, 'error');
  assert.match(finding.mend ?? '', /^kill 100, before the next sigctl start/);
});

test('no daemon is in order while nothing runs, and an error while services do', () => {
  assert.equal(judgeAbsentDaemon([]).severity, 'ok');
  const finding = judgeAbsentDaemon(['web', 'trading']);
  assert.equal(finding.code, 'DAEMON_DOWN');
  assert.equal(finding.mend, 'sigctl recover');
});

test('a silent daemon that is only stopped is to be continued, any other is replaced by the watchdog, or by recover where none is at work', () => {
  assert.equal(judgeSilentDaemon(77, 'T', undefined).mend, 'kill -CONT 77');
  assert.match(judgeSilentDaemon(77, 'T', 88).evidence, /The watchdog \(pid 88\) continues it after 10 s of silence/);
  const watched = judgeSilentDaemon(77, 'R', 88);
  assert.equal(watched.mend, 'sigctl wait');
  assert.match(
    watched.evidence,
    /The watchdog \(pid 88\) replaces it after 10 s of silence, which the services survive$/,
  );
  const alone = judgeSilentDaemon(77, 'R', undefined);
  assert.equal(alone.mend, 'sigctl recover');
  assert.match(alone.evidence, /No watchdog is at work/);
});

test('verdicts that need somebody become findings with their reason and command, the others none', () => {
  const report = (verdict: Verdict) =>
    judgeReport({ key: 'web', verdict, reason: 'because', next: 'sigctl logs web' } as ServiceReport);
  assert.deepEqual(brief(report('crash-loop')), ['error SERVICE_CRASH_LOOP']);
  assert.deepEqual(brief(report('degraded')), ['warning SERVICE_DEGRADED']);
  assert.equal(report('down')[0]?.evidence, 'down: because');
  assert.equal(report('down')[0]?.mend, 'sigctl logs web');
  for (const fine of ['healthy', 'starting', 'stopped', 'orphaned', 'duplicate'] as const) {
    assert.deepEqual(report(fine), []);
  }
});
