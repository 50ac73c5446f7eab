import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExitRecord } from '../../src/process/exit-journal.js';
import { planSteps, type StepInput } from '../../src/record/record-steps.js';
import type { RecordedProcess } from '../../src/store/processes.js';

/** A process of one start: the first has pid 101, the second 102. */
function run(starts: number, rest: Partial<RecordedProcess> = {}): RecordedProcess {
  return {
    key: 'web',
    service: 'web',
    instance: '0',
    identity: { pid: 100 + starts, startToken: `t${starts}` },
    bootId: 'boot',
    startId: 'id',
    starts,
    startedAtMs: starts * 1_000,
    manifestHash: null,
    memoryBytes: null,
    ended: false,
    ...rest,
  };
}

function exitOf({ identity, bootId, startId, starts, startedAtMs }: RecordedProcess, code = 3): ExitRecord {
  const launch = { identity, bootId, startId, starts, startedAtMs };
  return {
    key: 'web',
    pid: identity.pid,
    code,
    signal: null,
    atMs: startedAtMs + 500,
    logBytes: 9,
    byPm2: false,
    launch,
  };
}

const refusal = (pid: number, code: number): ExitRecord => {
  return { key: 'web', pid, code, signal: null, atMs: 1, logBytes: 0, byPm2: false };
};

/** `start 1`, `exit 1`, `exit 1 unseen`: what is recorded, by number of the start. */
function plan(input: Partial<StepInput>) {
  const { steps, last } = planSteps({
    key: 'web',
    known: undefined,
    seen: undefined,
    exits: [],
    mayBeTold: () => false,
    isYoung: () => false,
    isOnRecord: () => false,
    ...input,
  });
  const told = steps.map((step) => {
    if (step.kind === 'start') return `start ${step.process.starts}`;
    if (step.kind === 'exit') return `exit ${step.process.starts}${step.exit === undefined ? ' unseen' : ''}`;
    return `${step.kind} ${step.exit.code}`;
  });
  return { told, last: last === undefined ? undefined : `${last.starts} ${last.ended ? 'ended' : 'runs'}` };
}

test('a process that is new starts, and one that is on record does not start again', () => {
  const seen = { process: run(1), alive: true };
  assert.deepEqual(plan({ seen }), { told: ['start 1'], last: '1 runs' });
  assert.deepEqual(plan({ seen, known: run(1) }), { told: [], last: undefined });
});

test('an exit of the process on record ends it, and the next one starts', () => {
  const seen = { process: run(2), alive: true };
  assert.deepEqual(plan({ known: run(1), seen, exits: [exitOf(run(1))] }), {
    told: ['exit 1', 'start 2'],
    last: '2 runs',
  });
});

test('processes that came and went between two looks have a start and an exit each', () => {
  const exits = [exitOf(run(1)), exitOf(run(2)), exitOf(run(3))];
  assert.deepEqual(plan({ known: run(1), seen: { process: run(4), alive: true }, exits }), {
    told: ['exit 1', 'start 2', 'exit 2', 'start 3', 'exit 3', 'start 4'],
    last: '4 runs',
  });
});

test('an exit that is on record is not recorded again when the journal is read anew', () => {
  const ended = run(1, { ended: true });
  assert.deepEqual(plan({ known: ended, seen: { process: run(1), alive: false }, exits: [exitOf(run(1))] }), {
    told: [],
    last: undefined,
  });
});

test('a process that is gone waits for its line while its daemon lives, and ends unseen when nobody can tell', () => {
  const seen = { process: run(1), alive: false };
  assert.deepEqual(plan({ known: run(1), seen, mayBeTold: () => true }).told, []);
  assert.deepEqual(plan({ known: run(1), seen }), { told: ['exit 1 unseen'], last: '1 ended' });
});

test('a process whose place another took ended, though the journal is silent about it', () => {
  const seen = { process: run(1, { startId: 'other', identity: { pid: 200, startToken: 'x' } }), alive: true };
  assert.deepEqual(plan({ known: run(1), seen, mayBeTold: () => true }).told, ['exit 1 unseen', 'start 1']);
});

// Found by chaos, seed 202.
test('a process whose place another took a moment ago waits for a line that a full disk may hold up', () => {
  const input = { known: run(1), seen: { process: run(2), alive: true }, mayBeTold: () => true };
  assert.deepEqual(plan({ ...input, isYoung: () => true }), { told: [], last: undefined });
  const told = { told: ['exit 1', 'start 2'], last: '2 runs' };
  assert.deepEqual(plan({ ...input, isYoung: () => true, exits: [exitOf(run(1))] }), told);
  assert.deepEqual(plan(input), { told: ['exit 1 unseen', 'start 2'], last: '2 runs' });
});

test('lines that a full disk held up tell of processes before the one on record, which runs on', () => {
  const seen = { process: run(4), alive: true };
  const exits = [exitOf(run(2)), exitOf(run(3))];
  assert.deepEqual(plan({ known: run(4), seen, exits }), {
    told: ['start 2', 'exit 2', 'start 3', 'exit 3'],
    last: undefined,
  });
  // The one that was on record before was taken for ended when its successor was seen.
  assert.deepEqual(plan({ known: run(4), seen, exits, isOnRecord: ({ starts }) => starts === 2 }).told, [
    'start 3',
    'exit 3',
  ]);
});

test('a lock file that was read before a later exit came does not start its process again', () => {
  const seen = { process: run(1), alive: false };
  const exits = [exitOf(run(1)), exitOf(run(2))];
  assert.deepEqual(plan({ known: run(1), seen, exits }), { told: ['exit 1', 'start 2', 'exit 2'], last: '2 ended' });
});

test('a launcher that was refused is no process of the service', () => {
  const known = run(1);
  const seen = { process: run(1), alive: true };
  assert.deepEqual(plan({ known, seen, exits: [refusal(500, 75)] }).told, ['refused 75']);
  assert.deepEqual(plan({ known: { ...known, ended: true }, exits: [refusal(500, 79)] }).told, ['refused 79']);
});

test('a launcher that was ended while it waited is no exit of the service', () => {
  const exits = [{ ...refusal(500, 0), code: null, signal: 'SIGINT' }];
  assert.deepEqual(plan({ known: run(1, { ended: true }), exits }).told, []);
});

test('a service that exits with a code of the launcher is told by its process', () => {
  assert.deepEqual(plan({ known: run(1), exits: [exitOf(run(1), 75)] }).told, ['exit 1']);
});

test('a number that the kernel gave out again is another process', () => {
  const again = run(2, { identity: { pid: 101, startToken: 'later' } });
  assert.deepEqual(plan({ known: run(1, { ended: true }), exits: [exitOf(again)] }).told, ['start 2', 'exit 2']);
});
