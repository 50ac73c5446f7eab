import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runWait, type WaitDeps, waitCommand } from '../../src/commands/wait.js';
import type { ServiceReport } from '../../src/core/service-report.js';
import { report } from '../render/report.js';
import { fakeDeps, parse, STACK } from './deps.js';

/** Each look sees the next list of reports, the last one for ever; each sleep passes as long as it says. */
function waitDeps(looks: readonly (readonly ServiceReport[])[]) {
  const { deps, seen } = fakeDeps();
  const slept: number[] = [];
  let look = 0;
  const made: WaitDeps = {
    readView: async () => {
      const reports = looks[Math.min(look++, looks.length - 1)] ?? [];
      return { stack: STACK, home: '/srv/.sigctl', mode: undefined, daemonPid: undefined, reports: () => reports };
    },
    elapsedMs: () => slept.reduce((sum, ms) => sum + ms, 0),
    sleep: async (ms) => void slept.push(ms),
    steps: () => ({ step: () => undefined, done: () => undefined }),
    interruptedBy: () => undefined,
    out: deps.out,
  };
  return { deps: made, seen, slept };
}

const options = (over: Partial<Parameters<typeof runWait>[1]> = {}) => ({
  services: [],
  config: undefined,
  goal: 'healthy' as const,
  timeoutMs: 60_000,
  json: false,
  ...over,
});

const website = (over: Partial<ServiceReport>) => report({ service: 'website', key: 'website', ...over });

test('wait returns 0 at once when all that should run is healthy, whatever was stopped', async () => {
  const stopped = website({ verdict: 'stopped', wanted: false, pid: null });
  const { deps, seen, slept } = waitDeps([[report({ verdict: 'healthy' }), stopped]]);
  assert.equal(await runWait(deps, options()), 0);
  assert.match(seen.stdout, /^✔ healthy after 0ms/);
  assert.deepEqual(slept, []);
});

test('wait looks until the last one is healthy, and a oneshot service that completed counts', async () => {
  const done = website({ verdict: 'stopped', wanted: true, pid: null });
  const { deps, slept } = waitDeps([
    [report({ verdict: 'starting' }), done],
    [report({ verdict: 'healthy' }), done],
  ]);
  assert.equal(await runWait(deps, options()), 0);
  assert.deepEqual(slept, [200]);
});

test('wait ends with 3 when time is up, and says of each service what it is', async () => {
  const { deps, seen, slept } = waitDeps([[report({ verdict: 'stale', reason: 'last cycle 4m ago, limit 90s' })]]);
  assert.equal(await runWait(deps, options({ timeoutMs: 500 })), 3);
  assert.equal(seen.stdout, '✖ trading  not healthy after 500ms: stale, last cycle 4m ago, limit 90s\n');
  assert.deepEqual(slept, [200, 200, 100]);
});

test('wait does not wait for a crash loop, which only an operator ends', async () => {
  const { deps, slept } = waitDeps([[report({ verdict: 'crash-loop' })]]);
  assert.equal(await runWait(deps, options()), 3);
  assert.deepEqual(slept, []);
});

test('wait with a name wants that service even when it should not run, and refuses an unknown one', async () => {
  const { deps } = waitDeps([[report(), website({ verdict: 'stopped', wanted: false, pid: null })]]);
  assert.equal(await runWait(deps, options({ services: ['website'], timeoutMs: 0 })), 3);
  await assert.rejects(runWait(deps, options({ services: ['webside'] })), { code: 'SERVICE_UNKNOWN', exitCode: 2 });
});

test('wait for healthy is not satisfied by a stack of which nothing should run', async () => {
  const { deps, seen } = waitDeps([[website({ verdict: 'stopped', wanted: false, pid: null })]]);
  assert.equal(await runWait(deps, options({ timeoutMs: 0 })), 3);
  assert.match(seen.stdout, /no service should run → sigctl start/);
});

test('wait --for stopped --json tells what still runs', async () => {
  const { deps, seen } = waitDeps([[report({ verdict: 'healthy', reason: 'runs' })]]);
  assert.equal(await runWait(deps, options({ goal: 'stopped', timeoutMs: 0, json: true })), 3);
  assert.deepEqual(JSON.parse(seen.stdout), {
    schemaVersion: 1,
    ok: false,
    for: 'stopped',
    waitedMs: 0,
    missing: [{ key: 'trading', why: 'healthy, runs' }],
  });
});

test('wait takes a goal and a timeout, and refuses others', async () => {
  let found: unknown;
  const spy = async (_: unknown, given: unknown): Promise<number> => {
    found = given;
    return 0;
  };
  const line = (...args: string[]) => parse(waitCommand(waitDeps([]).deps, spy), ['wait', ...args]);
  await line('a', '--for', 'stopped', '--timeout', '5');
  assert.deepEqual(found, options({ services: ['a'], goal: 'stopped', timeoutMs: 5_000 }));
  await assert.rejects(line('--for', 'happy'), { code: 'commander.invalidArgument' });
  await assert.rejects(line('--timeout', 'soon'), { code: 'commander.invalidArgument' });
});
