import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SigctlRun } from '../../src/deploy/sigctl-run.js';
import { switchRelease } from '../../src/deploy/switch-release.js';

const OLD = '20261126-120000-aaaa';
const NEW = '20261126-130000-bbbb';

interface Fake {
  readonly from?: string;
  readonly ran?: readonly string[];
  readonly names?: readonly string[];
  /** How often each line fails, and with what; by its first two words. */
  readonly faults?: Readonly<Record<string, Record<string, unknown>>>;
  /** The process of this key is another one at the second look of the gate. */
  readonly flaps?: string;
  readonly interruptAt?: string;
}

/** A host made by hand, which writes down what was done to it. */
function fakeHost({ from, ran = ['web', 'jobs'], names = ran, faults = {}, flaps, interruptAt }: Fake) {
  const log: string[] = [];
  let current = from;
  let looks = 0;
  let isInterrupted = false;
  const left = new Map(Object.entries(faults));
  const answerOf = (argv: readonly string[]): Record<string, unknown> => {
    const line = argv.filter((word) => !word.startsWith('--')).join(' ');
    if (argv[0] === 'status') {
      looks++;
      const pid = (key: string) => (key === flaps && looks > 2 ? 900 : 100);
      return { mode: 'full', services: ran.map((key) => ({ key, service: key, wanted: true, pid: pid(key) })) };
    }
    if (argv[0] === 'config') return { services: names.map((name) => ({ name })) };
    log.push(line);
    if (argv[0] === interruptAt) isInterrupted = true;
    if (argv[0] === 'reload') return { outcomes: ran.map((service) => ({ service, kind: 'reloaded', tookMs: 5 })) };
    return {};
  };
  const deps = {
    monotonicMs: () => 0,
    sleep: async () => undefined,
    run: async (argv: readonly string[]): Promise<SigctlRun> => {
      const answer = answerOf(argv);
      const fault = left.get(argv[0] ?? '');
      left.delete(argv[0] ?? '');
      return { exitCode: fault === undefined ? 0 : 1, answer: fault ?? answer, stdout: 'last words\n', stderr: '' };
    },
    readCurrent: () => current,
    swap: (release: string | undefined) => {
      current = release;
      log.push(`current → ${release ?? 'nothing'}`);
    },
    writePrevious: (release: string) => void log.push(`previous → ${release}`),
    step: () => undefined,
    interrupted: () => isInterrupted,
  };
  return { deps, log, current: () => current };
}

const request = (mode?: string) => ({ id: '1', root: '/srv/app', release: NEW, mode, gateMs: 60_000, settleMs: 0 });

test('a switch swaps the link before anything reloads, waits twice, and remembers the release before', async () => {
  const { deps, log } = fakeHost({ from: OLD });
  const outcome = await switchRelease(deps, request('half'));
  assert.equal(outcome.kind, 'done');
  assert.deepEqual(log, [
    `current → ${NEW}`,
    'reload',
    'mode half',
    'wait 60000ms',
    'wait 60000ms',
    `previous → ${OLD}`,
  ]);
});

test('a first switch starts, and what fails then leaves nothing in force', async () => {
  const fresh = fakeHost({ ran: [] });
  assert.equal((await switchRelease(fresh.deps, request())).kind, 'done');
  assert.deepEqual(fresh.log, [`current → ${NEW}`, 'start', 'wait 60000ms', 'wait 60000ms']);
  const bad = fakeHost({ ran: [], faults: { start: { outcomes: [{ kind: 'failed', key: 'web', reason: 'died' }] } } });
  const outcome = await switchRelease(bad.deps, request());
  assert.equal(outcome.kind === 'rolled-back' && outcome.reason, 'web: died');
  assert.deepEqual(bad.log, [`current → ${NEW}`, 'start', 'stop', 'current → nothing']);
});

test('where nothing ran, nothing is started without a mode', async () => {
  const { deps, log } = fakeHost({ from: OLD, ran: [] });
  assert.equal((await switchRelease(deps, request())).kind, 'done');
  assert.deepEqual(log, [`current → ${NEW}`, `previous → ${OLD}`]);
});

test('a service that fails takes back only those that were touched before it', async () => {
  const outcomes = [
    { service: 'web', kind: 'reloaded' },
    { service: 'jobs', kind: 'failed', reason: 'exited with code 3', hint: 'sigctl logs jobs', logTail: ['no table'] },
    { service: 'mail', kind: 'skipped' },
  ];
  const { deps, log, current } = fakeHost({
    from: OLD,
    ran: ['web', 'jobs', 'mail'],
    faults: { reload: { outcomes } },
  });
  const outcome = await switchRelease(deps, request());
  assert.deepEqual(
    outcome.kind === 'rolled-back' && [outcome.reason, outcome.logTail, outcome.to, outcome.rollbackFault],
    ['jobs: exited with code 3', ['no table'], OLD, null],
  );
  assert.deepEqual(log, [`current → ${NEW}`, 'reload', `current → ${OLD}`, 'reload web jobs', 'wait 60000ms']);
  assert.equal(current(), OLD);
});

test('all goes back where the gate was not passed: unhealthy, or not the same process any more', async () => {
  const missing = { ok: false, missing: [{ key: 'web', why: 'unhealthy, answers 500' }] };
  const sick = fakeHost({ from: OLD, faults: { wait: missing } });
  const outcome = await switchRelease(sick.deps, request());
  assert.deepEqual(outcome.kind === 'rolled-back' && [outcome.reason, outcome.hint, outcome.logTail], [
    'not healthy in time: web (unhealthy, answers 500)',
    'sigctl logs web',
    ['last words'],
  ]);
  assert.deepEqual(sick.log.slice(-3), [`current → ${OLD}`, 'reload', 'wait 60000ms']);
  const flaps = fakeHost({ from: OLD, flaps: 'jobs' });
  const other = await switchRelease(flaps.deps, request());
  assert.match(other.kind === 'rolled-back' ? other.reason : '', /^jobs ended soon after it was healthy/);
  assert.equal(flaps.current(), OLD);
});

test('a service that left the manifest is stopped, and started again on the way back', async () => {
  const fake = { from: OLD, ran: ['web', 'jobs'], names: ['web'] };
  const good = fakeHost(fake);
  assert.equal((await switchRelease(good.deps, request())).kind, 'done');
  assert.ok(good.log.includes('stop jobs'));
  const bad = fakeHost({ ...fake, faults: { wait: { missing: [{ key: 'web', why: 'down' }] } } });
  await switchRelease(bad.deps, request());
  assert.deepEqual(bad.log.slice(-4), [`current → ${OLD}`, 'reload', 'start jobs', 'wait 60000ms']);
});

test('an interruption goes back, the mode too, and says so', async () => {
  const { deps, log } = fakeHost({ from: OLD, interruptAt: 'mode' });
  const outcome = await switchRelease(deps, request('half'));
  assert.deepEqual(outcome.kind === 'rolled-back' && [outcome.isInterrupted, outcome.reason], [true, 'interrupted']);
  assert.deepEqual(log.slice(2), ['mode half', `current → ${OLD}`, 'reload', 'mode full', 'wait 60000ms']);
});

test('a way back that fails as well is told', async () => {
  const { deps } = fakeHost({
    from: OLD,
    ran: ['web'],
    faults: { reload: { error: { message: 'PM2 is away', hint: 'x' } } },
  });
  const run = deps.run;
  const broken = {
    ...deps,
    run: async (argv: readonly string[]) => ({
      ...(await run(argv)),
      ...(argv[0] === 'wait' ? { exitCode: 3, answer: {} } : {}),
    }),
  };
  const outcome = await switchRelease(broken, request());
  assert.match(
    outcome.kind === 'rolled-back' ? (outcome.rollbackFault ?? '') : '',
    /the former release is not healthy/,
  );
});

test('what runs has to be known before anything is touched', async () => {
  const { deps, log } = fakeHost({ from: OLD, faults: { status: { error: { message: 'the table is locked' } } } });
  await assert.rejects(switchRelease(deps, request()), /the table is locked/);
  assert.deepEqual(log, []);
});
