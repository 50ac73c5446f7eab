import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CliRun } from '../../scripts/chaos/cli.js';
import { wantedAfter } from '../../scripts/chaos/expect-wanted.js';
import { seededRandom } from '../../scripts/chaos/random.js';
import { type CliCommand, describeStep, nextStep } from '../../scripts/chaos/step.js';

const stepsOf = (seed: number): readonly string[] => {
  const random = seededRandom(seed);
  return Array.from({ length: 300 }, () => describeStep(nextStep(random)));
};

test('a seed names one list of steps, and another seed another', () => {
  assert.deepEqual(stepsOf(7), stepsOf(7));
  assert.notDeepEqual(stepsOf(7), stepsOf(8));
});

test('three hundred steps have each kind of misfortune among them', () => {
  const all = stepsOf(1).join('\n');
  for (const part of [
    'sigctl start',
    'sigctl stop',
    'sigctl restart',
    'sigctl mode',
    'sigctl backup',
    'killed after',
    'frozen after',
    'SIGKILL to pm2',
    'SIGKILL to watchdog',
    'SIGSTOP pm2',
    'SIGKILL to pm2 and watchdog at once, sigctl recover after',
    'SIGKILL to pm2 and watchdog at once, SIGSEGV to kit',
    'a first one killed after',
    'disk-full',
    'lock-database',
    'cut status.db',
  ]) {
    assert.ok(all.includes(part), part);
  }
});

test('the first step of seed 699, which a test runs, loses PM2, the watchdog, a service and a recover', () => {
  const random = seededRandom(699);
  // The place of the small disk, which a run decides first.
  random.pick(['home', 'logs']);
  assert.equal(
    describeStep(nextStep(random)),
    'SIGKILL to pm2 and watchdog at once, SIGSEGV to kit 168 ms later, sigctl recover after 787 ms (a first one killed after 446 ms)',
  );
});

const deed = (command: CliCommand, exitCode: number | null) => ({
  action: { kind: 'cli', command, fate: { kind: 'left-alone' } } as const,
  run: { args: [], exitCode, signal: null, stdout: '', stderr: '', tookMs: 1, hung: false } satisfies CliRun,
  note: '',
  faults: [],
});

test('wantedAfter() is certain of a command that ended well, and of no other', () => {
  const before = new Map([['kit', 'no'] as const, ['site', 'yes'] as const]);
  const start = { verb: 'start', services: ['kit'] } as const;
  const stop = { verb: 'stop', services: ['kit'] } as const;
  assert.equal(wantedAfter(before, [deed(start, 0)]).get('kit'), 'yes');
  assert.equal(wantedAfter(before, [deed(start, null)]).get('kit'), 'maybe');
  assert.equal(wantedAfter(before, [deed(start, 0), deed(stop, 0)]).get('kit'), 'maybe');
  assert.equal(wantedAfter(before, [deed(start, 0)]).get('site'), 'yes');
  const small = wantedAfter(before, [deed({ verb: 'mode', mode: 'small' }, 0)]);
  assert.deepEqual([small.get('kit'), small.get('site'), small.get('plain')], ['yes', 'yes', 'no']);
});
