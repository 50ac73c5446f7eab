import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { ProcessIdentity } from '../../src/core/observed-process.js';
import type { ReloadStep } from '../../src/core/reload-plan.js';
import type { ReadyRule } from '../../src/core/stack.js';
import type { OperateContext } from '../../src/operate/context.js';
import { reloadBySignal } from '../../src/operate/reload-by-signal.js';
import { waitReady } from '../../src/operate/wait-ready.js';
import { gatePath, lockPath, logPath } from '../../src/process/home.js';
import { identify } from '../../src/process/identity.js';
import { claimStatus, writeReload, writeState } from '../../src/store/service-status.js';
import { line, startProgram } from '../process/rig.js';
import { serviceSpec } from '../stack-literals.js';
import { operateContext } from './context.js';

const HOUR_MS = 3_600_000;
const PATIENCE_MS = 60_000;

/** A wall clock that is set once, after it was asked the first time. */
function jumping(byMs: number): () => number {
  let asked = 0;
  return () => Date.now() + (asked++ === 0 ? 0 : byMs);
}

function identityOf(pid: number | undefined): ProcessIdentity {
  const identity = identify(pid ?? 0);
  assert.ok(identity !== undefined);
  return identity;
}

/** Waits for this very process, as if it had been launched as the service "web". */
function waitFor(context: OperateContext, ready: ReadyRule, meanwhile: () => void = () => undefined) {
  const { pid, startToken } = identityOf(process.pid);
  const [log, lock] = [logPath(context.paths, 'web'), lockPath(context.paths, 'web')];
  writeFileSync(lock, `${pid} ${startToken} boot start-1 1\n`);
  writeFileSync(log, '');
  const target = { spec: serviceSpec('web', { ready }), key: 'web', instance: '0' };
  const outcome = waitReady(context, {
    ...{ target, startId: 'start-1', startedMonoMs: context.monotonicMs(), journalFrom: undefined },
    ...{ exitsBefore: 0, exitsToFail: 3 },
    probe: {
      ...{ db: context.db, logFile: log, gateFile: gatePath(context.paths, 'web'), logOffset: 0 },
      ...{ nowMs: context.nowMs, env: {} },
      get client() {
        return assert.fail('PM2 is not asked');
      },
    },
  });
  meanwhile();
  return outcome.then((result) => ({ ...result, log }));
}

for (const byMs of [HOUR_MS, -HOUR_MS]) {
  const jump = `${byMs > 0 ? 'forward' : 'back'} by an hour`;

  test(`a clock that jumps ${jump} fails no start, and its time is right`, async (t) => {
    const context = operateContext(t, [serviceSpec('web')], { nowMs: jumping(byMs) });
    const outcome = await waitFor(context, { kind: 'log', pattern: '^ready$', withinMs: PATIENCE_MS }, () =>
      // After the first look.
      setImmediate(() => appendFileSync(logPath(context.paths, 'web'), 'ready\n')),
    );
    assert.equal(outcome.kind, 'ready');
    assert.ok(outcome.kind === 'ready' && outcome.tookMs >= 0 && outcome.tookMs < PATIENCE_MS);
  });

  test(`a clock that jumps ${jump} lets a start wait no longer than its deadline`, async (t) => {
    const context = operateContext(t, [serviceSpec('web')], { nowMs: jumping(byMs) });
    const outcome = await waitFor(context, { kind: 'log', pattern: 'never', withinMs: 100 });
    assert.equal(outcome.kind === 'failed' && outcome.code, 'NOT_READY');
  });

  test(`a process is no older than it is where the clock jumps ${jump}`, async (t) => {
    const context = operateContext(t, [serviceSpec('web')], { nowMs: jumping(byMs) });
    const outcome = await waitFor(context, { kind: 'delay', delayMs: HOUR_MS / 2, withinMs: 100 });
    assert.equal(outcome.kind, 'failed');
  });

  test(`a reload of a program that tells nothing is done after its second where the clock jumps ${jump}`, async (t) => {
    const { context, step } = await reloadable(t, jumping(byMs));
    const outcome = await reloadBySignal(context, step);
    assert.ok(
      outcome.kind === 'reloaded' && outcome.tookMs >= 1_000 && outcome.tookMs < PATIENCE_MS,
      JSON.stringify(outcome),
    );
  });

  test(`the answer of a service to a reload counts where the clock jumps ${jump} before it`, async (t) => {
    const nowMs = jumping(byMs);
    const { context, step, program } = await reloadable(t, nowMs);
    const { db } = context;
    const { pid, startToken } = identityOf(program.pid);
    const owner = { service: 'web', instance: '0' };
    const claim = { ...owner, host: 'here', pid, startToken, version: null, mode: null, heartbeatEveryMs: 1_000 };
    const { generation } = claimStatus(db, { ...claim, nowMs: Date.now() });
    writeState(db, { ...owner, generation, nowMs: Date.now(), state: 'running' });
    const answer = (seq: number, atMs: number) =>
      writeReload(db, {
        ...owner,
        generation,
        nowMs: atMs,
        reload: { seq, pid, started_at_ms: atMs, at_ms: atMs, error: null },
      });
    answer(0, Date.now());
    const outcome = reloadBySignal(context, step);
    assert.equal(await line(program), 'HUP');
    answer(1, nowMs());
    assert.equal((await outcome).kind, 'reloaded');
  });
}

/** A program that says when it gets SIGHUP. */
async function reloadable(t: TestContext, nowMs: () => number) {
  const program = await startProgram(t, '/bin/sh', [
    '-c',
    'trap "echo HUP" HUP; echo ready; while :; do sleep 0.02; done',
  ]);
  assert.equal(await line(program), 'ready');
  const context = operateContext(t, [serviceSpec('web')], { nowMs });
  writeFileSync(logPath(context.paths, 'web'), '');
  const step: Extract<ReloadStep, { kind: 'signal' }> = {
    ...{ kind: 'signal', service: 'web', isChanged: false, signal: 'SIGHUP', withinMs: PATIENCE_MS },
    processes: [{ key: 'web', instance: '0', process: identityOf(program.pid) }],
  };
  return { context, step, program };
}
