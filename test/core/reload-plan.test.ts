import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservedProcess } from '../../src/core/observed-process.js';
import { planReload, type ReloadCandidate } from '../../src/core/reload-plan.js';
import { serviceSpec } from '../stack-literals.js';

const NONE: ObservedProcess = {
  kind: 'none',
  lastExit: null,
  starts: 0,
  breakerOpen: false,
  holdback: null,
  leftovers: [],
};
const running = (pid: number): ObservedProcess => ({
  kind: 'running',
  identity: { pid, startToken: '1' },
  startedAtMs: 0,
  parent: 'pm2',
  starts: 1,
  memoryBytes: 1,
  cpuMs: 1,
  duplicates: [],
});
const HUP = { signal: 'SIGHUP', withinMs: 20_000 } as const;

function candidate(
  rest: Parameters<typeof serviceSpec>[1],
  processes: readonly ObservedProcess[] = [running(1)],
  isChanged = false,
): ReloadCandidate {
  const seen = processes.map((process, index) => ({ key: `web-${index}`, instance: String(index), process }));
  return { spec: serviceSpec('web', rest), processes: seen, isChanged };
}
const kindOf = (one: ReloadCandidate, orRestart = false) => planReload(one, orRestart).kind;

test('planReload() signals what reloads itself, each of its processes by identity', () => {
  const step = planReload(candidate({ reload: HUP, instances: 2 }, [running(1), running(2)]), false);
  assert.equal(step.kind, 'signal');
  assert.deepEqual(step.kind === 'signal' && [step.signal, step.processes.map(({ process }) => process.pid)], [
    'SIGHUP',
    [1, 2],
  ]);
});

test('planReload() takes the processes of a service one by one where it has no signal, and leaves clusters to PM2', () => {
  assert.equal(kindOf(candidate({ instances: 2 }, [running(1), running(2)])), 'one-by-one');
  assert.equal(kindOf(candidate({ kind: 'cluster' })), 'pm2');
});

test('planReload() refuses what has one process and no signal, and what does not run', () => {
  const refusal = planReload(candidate({}), false);
  assert.deepEqual(refusal.kind === 'refused' && [refusal.code, refusal.hint], [
    'RELOAD_UNSUPPORTED',
    'sigctl restart web',
  ]);
  const absent = planReload(candidate({ reload: HUP }, [NONE]), false);
  assert.deepEqual(absent.kind === 'refused' && [absent.code, absent.hint], ['NOT_RUNNING', 'sigctl start web']);
});

test('planReload() restarts instead, where that is allowed: no signal, a changed entry, no process', () => {
  assert.equal(kindOf(candidate({}), true), 'restart');
  assert.equal(kindOf(candidate({ reload: HUP }, [running(1)], true), true), 'restart');
  assert.equal(kindOf(candidate({ reload: HUP }, [NONE]), true), 'restart');
  assert.equal(kindOf(candidate({ reload: HUP }), true), 'signal');
  // Two processes need no gap for a changed entry.
  assert.equal(kindOf(candidate({ instances: 2 }, [running(1), running(2)], true), true), 'one-by-one');
});
