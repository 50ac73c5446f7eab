import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRuns } from '../../scripts/chaos/evidence.js';
import { exitFault } from '../../scripts/chaos/invariants/exits-on-record.js';
import { orderFaults, parseNumbers } from '../../scripts/chaos/invariants/lines.js';
import { checkRecovered } from '../../scripts/chaos/invariants/recovered.js';
import { allowedVerdicts, truthsBetween } from '../../scripts/chaos/invariants/verdicts.js';

// The checks of the chaos suite are checked themselves: one that cannot fail would prove nothing.

const RUN = { pid: 7, token: '100', exitCode: undefined, overlaps: undefined };
const NOTHING = { signals: [], daemonLapses: [] };
const EVENT = { service: 'kit', pid: 7, token: '100', code: null, signal: null, cause: null };

test('parseRuns() joins start, overlap and end of each run', () => {
  assert.deepEqual(parseRuns('start 7 100\nend 7 100 3\nstart 8 200\noverlap 7 100\n'), [
    { pid: 7, token: '100', exitCode: 3, overlaps: undefined },
    { pid: 8, token: '200', exitCode: undefined, overlaps: '7 100' },
  ]);
});

test('exitFault() finds a missing, a doubled and a wrong record', () => {
  const ended = { ...RUN, exitCode: 3 };
  assert.match(exitFault(ended, [], NOTHING) ?? '', /not on record/);
  assert.match(
    exitFault(
      ended,
      [
        { ...EVENT, code: 3 },
        { ...EVENT, code: 3 },
      ],
      NOTHING,
    ) ?? '',
    /2 times/,
  );
  assert.match(exitFault(ended, [{ ...EVENT, code: 0 }], NOTHING) ?? '', /exited with 3.*code 0/);
  assert.match(exitFault(ended, [EVENT], NOTHING) ?? '', /PM2 lived all the while/);
  assert.match(exitFault(RUN, [{ ...EVENT, signal: 'SIGSEGV' }], NOTHING) ?? '', /was sent nothing.*SIGSEGV/);
});

test('exitFault() accepts the true code, a signal that was sent, and an unknown code while PM2 was dead', () => {
  assert.equal(exitFault({ ...RUN, exitCode: 3 }, [{ ...EVENT, code: 3 }], NOTHING), undefined);
  const sent = { ...NOTHING, signals: [{ pid: 7, token: '100', signal: 'SIGSEGV' }] };
  assert.equal(exitFault(RUN, [{ ...EVENT, signal: 'SIGSEGV' }], sent), undefined);
  const lapse = { ...NOTHING, daemonLapses: [{ fromMs: 2_000, toMs: undefined }] };
  assert.equal(exitFault(RUN, [EVENT], lapse), undefined);
});

test('exitFault() tells two runs apart that had the same number', () => {
  const later = { ...EVENT, token: '200', code: 4 };
  assert.equal(exitFault({ ...RUN, exitCode: 3 }, [{ ...EVENT, code: 3 }, later], NOTHING), undefined);
  assert.match(exitFault({ ...RUN, exitCode: 3 }, [later], NOTHING) ?? '', /not on record/);
});

test('orderFaults() finds two runs that wrote at the same time, and a line that came twice', () => {
  const lines = (text: string) => orderFaults('kit', parseNumbers(text)).map(({ rule }) => rule);
  assert.deepEqual(lines('@1-1:1;\n@1-1:2;\n@2-2:1;\n'), []);
  assert.deepEqual(lines('@1-1:1;\n@2-2:1;\n@1-1:2;\n'), ['one run writes at a time']);
  assert.deepEqual(lines('@1-1:1;\n@1-1:1;\n'), ['lines are in order and once']);
  // Cut off by a full disk in the middle of its number: not a line.
  assert.deepEqual(parseNumbers('{"msg":"@1-1:12;"}\n@1-1:1'), [{ run: '1-1', seq: 12 }]);
});

const LIVE = { pid: 7, ppid: 1, token: '100', state: 'S', command: 'node', environ: [] };

test('allowedVerdicts() allows no healthy service that has no process, and none that was stopped to live', () => {
  const truth = { live: undefined, wanted: 'yes', supervised: false, isHeld: false } as const;
  assert.deepEqual(allowedVerdicts(truth), ['down', 'crash-loop']);
  assert.deepEqual(allowedVerdicts({ ...truth, wanted: 'no' }), ['stopped']);
  assert.deepEqual(allowedVerdicts({ ...truth, live: LIVE, supervised: true, wanted: 'no' }), []);
  assert.ok(allowedVerdicts({ ...truth, live: LIVE, supervised: true }).includes('healthy'));
});

test('truthsBetween() knows of a run that began and ended between two looks, and of nothing else', () => {
  const none = { live: undefined, wanted: 'yes', supervised: false, isHeld: false } as const;
  const lived = truthsBetween([none, none], [RUN]).map(({ live }) => live?.pid);
  assert.deepEqual(lived, [undefined, 7]);
  const same = { ...none, live: LIVE, supervised: true } as const;
  assert.deepEqual(truthsBetween([same, same], []), []);
});

test('checkRecovered() asks for both after a recover that nothing disturbed, where somebody relies on them', () => {
  const run = (exitCode: number) => ({
    args: [],
    exitCode,
    signal: null,
    stdout: '',
    stderr: '',
    tookMs: 1,
    hung: false,
  });
  const lost = (exitCode: number) =>
    ({
      action: { kind: 'both-gone', crash: undefined, recoverAfterMs: 0, killedAfterMs: undefined },
      run: run(exitCode),
      note: '',
      faults: [],
    }) as const;
  const wait = { action: { kind: 'wait', forMs: 1 }, run: undefined, note: '', faults: [] } as const;
  const [both, none] = [
    { daemons: [LIVE], watchdogs: [LIVE] },
    { daemons: [], watchdogs: [] },
  ];
  const wanted = new Map([['kit', 'yes'] as const]);
  assert.deepEqual(checkRecovered([lost(0)], wanted, both), []);
  assert.match(checkRecovered([lost(0)], wanted, none)[0]?.evidence ?? '', /^no daemon, no watchdog/);
  assert.match(checkRecovered([lost(4)], wanted, both)[0]?.evidence ?? '', /^exit code 4/);
  assert.deepEqual(checkRecovered([lost(0)], new Map([['kit', 'no']]), none), []);
  assert.deepEqual(checkRecovered([lost(4), wait], wanted, none), []);
});
