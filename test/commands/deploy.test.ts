import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeployDeps, type DeployOptions, deployCommand, runDeploy } from '../../src/commands/deploy.js';
import type { DeployHost, SwitchOutcome } from '../../src/core/deploy.js';
import { SigctlError } from '../../src/errors.js';
import { parse } from './deps.js';

const ONE = '20261126-120000-aaaa';
const TWO = '20261126-130000-bbbb';
const DONE: SwitchOutcome = {
  kind: 'done',
  release: TWO,
  previous: ONE,
  services: [{ service: 'web', how: 'reloaded', tookMs: 700 }],
  tookMs: 5_000,
};
const BACK: SwitchOutcome = {
  kind: 'rolled-back',
  release: TWO,
  to: ONE,
  isInterrupted: false,
  rollbackFault: null,
  tookMs: 9_000,
  reason: 'jobs: exited with code 3',
  hint: 'sigctl logs jobs',
  logTail: ['no such table'],
};

/** A host made by hand. `fails` is the step that does. */
function fake(outcome: SwitchOutcome, fails?: keyof DeployHost) {
  const steps: string[] = [];
  const seen = { stdout: '', stderr: '', exitCode: undefined as number | undefined };
  const facts = {
    root: '/srv/app',
    node: 'v22.0.0',
    hasRsync: true,
    freeBytes: 12e9,
    current: ONE,
    previous: undefined,
    releases: [ONE],
  };
  const did = <T>(step: keyof DeployHost, value: T): Promise<T> => {
    steps.push(step);
    if (step !== fails) return Promise.resolve(value);
    return Promise.reject(new SigctlError('it broke', { code: 'BROKEN', hint: 'mend it', exitCode: 1 }));
  };
  const host: DeployHost = {
    lock: () => did('lock', undefined),
    check: () => did('check', facts),
    upload: () => did('upload', undefined),
    install: () => did('install', undefined),
    inspect: () => did('inspect', undefined),
    switchTo: () => did('switchTo', outcome),
    lastOutcome: () => did('lastOutcome', outcome),
    prune: () => did('prune', []),
    discard: () => did('discard', undefined),
    close: () => void steps.push('close'),
  };
  const deps: DeployDeps = {
    nowMs: () => Date.UTC(2026, 10, 26, 13),
    newId: () => 'bbbb',
    who: () => 'me@here',
    readSource: async () => ({ kind: 'git', folder: '/work', commit: 'bbbb', shortId: 'bbbb', shown: 'main (bbbb)' }),
    openHost: () => ({ host, interruptedBy: () => undefined }),
    out: {
      print: (text) => {
        seen.stdout += `${text}\n`;
      },
      note: (text) => {
        seen.stderr += `${text}\n`;
      },
      colour: false,
      setExitCode: (code) => {
        seen.exitCode = code;
      },
    },
  };
  return { deps, steps, seen };
}

const OPTIONS: DeployOptions = {
  host: '@prod',
  git: undefined,
  from: undefined,
  mode: undefined,
  keep: 5,
  install: undefined,
  build: undefined,
  gateMs: 60_000,
  settleMs: 3_000,
  rollback: false,
  outcome: false,
  dryRun: false,
  json: false,
};

test('deploy reads its line, durations in milliseconds', async () => {
  const { deps } = fake(DONE);
  const lines: DeployOptions[] = [];
  const command = deployCommand(deps, async (_, options) => {
    lines.push(options);
    return 0;
  });
  await parse(command, ['deploy', '@prod', '--git', 'main', '--gate', '2m', '--keep', '3', '--mode', 'full']);
  assert.deepEqual(lines, [{ ...OPTIONS, git: 'main', gateMs: 120_000, keep: 3, mode: 'full' }]);
  await assert.rejects(parse(deployCommand(deps), ['deploy', '@prod', '--keep', '0']), /at least 1/);
});

test('deploy touches what runs last, and makes room when all is well', async () => {
  const { deps, steps, seen } = fake(DONE);
  assert.equal(await runDeploy(deps, OPTIONS), 0);
  assert.deepEqual(steps, ['check', 'lock', 'check', 'upload', 'install', 'inspect', 'switchTo', 'prune', 'close']);
  assert.match(seen.stdout, /✔ web {2}reloaded in 700ms\n✔ 20261126-130000-bbbb is in force/);
});

test('deploy leaves no trace of what could not be installed or is not sound, and gives the lock back', async () => {
  for (const step of ['upload', 'install', 'inspect'] as const) {
    const { deps, steps } = fake(DONE, step);
    await assert.rejects(runDeploy(deps, OPTIONS), { code: 'BROKEN' });
    assert.deepEqual(steps.slice(-3), [step, 'discard', 'close']);
    assert.equal(steps.includes('switchTo'), false);
  }
});

test('deploy that went back exits with 1, 130 or 143 where it was interrupted, shows the last lines, and the command for that host', async () => {
  const { deps, steps, seen } = fake(BACK);
  assert.equal(await runDeploy(deps, OPTIONS), 1);
  assert.deepEqual(steps.slice(-3), ['switchTo', 'discard', 'close']);
  assert.match(
    seen.stdout,
    /✖ \S+ {2}jobs: exited with code 3\n {4}│ no such table\n! 20261126-120000-aaaa is in force again\n {4}next: sigctl @prod logs jobs/,
  );
  const interrupted = fake({ ...BACK, isInterrupted: true });
  assert.equal(await runDeploy(interrupted.deps, OPTIONS), 130);
  const { host } = interrupted.deps.openHost('');
  const openHost = () => ({ host, interruptedBy: () => 'SIGTERM' as const });
  assert.equal(await runDeploy({ ...interrupted.deps, openHost }, OPTIONS), 143);
});

test('deploy --dry-run only looks, and --rollback needs a release before', async () => {
  const dry = fake(DONE);
  assert.equal(await runDeploy(dry.deps, { ...OPTIONS, dryRun: true }), 0);
  assert.deepEqual(dry.steps, ['check', 'close']);
  assert.match(dry.seen.stdout, /release +20261126-130000-bbbb/);
  const back = fake(DONE);
  await assert.rejects(runDeploy(back.deps, { ...OPTIONS, rollback: true }), { code: 'DEPLOY_NO_PREVIOUS' });
  assert.deepEqual(back.steps, ['check', 'close']);
});

test('deploy --rollback goes to the release before as it is under the lock, though another deploy ended just before', async () => {
  const { deps, steps } = fake(DONE);
  const { host } = deps.openHost('@prod');
  const switched: string[] = [];
  const raced: DeployHost = {
    ...host,
    check: async (create) => {
      const facts = { ...(await host.check(create)), releases: [ONE, TWO] };
      return steps.includes('lock')
        ? { ...facts, current: ONE, previous: TWO }
        : { ...facts, current: TWO, previous: ONE };
    },
    switchTo: (request, onStep) => {
      switched.push(request.release);
      return host.switchTo(request, onStep);
    },
  };
  const openHost = () => ({ host: raced, interruptedBy: () => undefined });
  assert.equal(await runDeploy({ ...deps, openHost }, { ...OPTIONS, rollback: true }), 0);
  assert.deepEqual(switched, [TWO]);
});
