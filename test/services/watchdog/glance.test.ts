import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceSpec } from '../../../src/core/stack.js';
import type { Verdict } from '../../../src/core/verdict.js';
import { isAtRest, isUnchanged } from '../../../src/services/watchdog/glance.js';
import type { TreeSample } from '../../../src/services/watchdog/tree-sampler.js';
import type { Watched } from '../../../src/services/watchdog/watch.js';
import { serviceSpec } from '../../stack-literals.js';

const MB = 1024 ** 2;
const IDENTITY = { pid: 100, startToken: '1' };

function sampleOf(memoryBytes: number): TreeSample {
  const stat = { state: 'S', ppid: 1, cpuMs: 0, threads: 1, rssPages: 0 };
  const root = { ...IDENTITY, ...stat };
  return { root, members: [root], memoryBytes };
}

function watched(verdict: Verdict, spec: Partial<ServiceSpec> = {}): Watched {
  const process = {
    ...({ kind: 'running', identity: IDENTITY, startedAtMs: 0, parent: 'pm2', starts: 1 } as const),
    ...{ memoryBytes: 100 * MB, cpuMs: 0, duplicates: [] },
  };
  return {
    instance: { spec: serviceSpec('feed', spec), key: 'feed', instance: '0', process, listed: true, owner: 'feed' },
    tree: sampleOf(100 * MB),
    judgement: { verdict, reason: '' },
    wanted: true,
    row: undefined,
  };
}

function absent(verdict: Verdict): Watched {
  const live = watched(verdict);
  const gone = { lastExit: null, starts: 0, breakerOpen: false, holdback: null, leftovers: [] };
  return { ...live, tree: undefined, instance: { ...live.instance, process: { kind: 'none', ...gone } } };
}

const within = (heartbeatWithinMs: number) => ({ health: { ...serviceSpec('feed').health, heartbeatWithinMs } });

test('a stack rests while all that runs is healthy and the rest is stopped', () => {
  assert.equal(isAtRest([]), true);
  assert.equal(isAtRest([watched('healthy'), absent('stopped')]), true);
  for (const verdict of ['starting', 'degraded', 'unhealthy', 'stale', 'hung', 'orphaned', 'duplicate'] as const)
    assert.equal(isAtRest([watched('healthy'), watched(verdict)]), false, verdict);
  for (const verdict of ['down', 'crash-loop', 'starting'] as const)
    assert.equal(isAtRest([absent(verdict)]), false, verdict);
});

test('a process whose tree was not seen yet is no rest, nor is one that may be silent for a moment only', () => {
  assert.equal(isAtRest([{ ...watched('healthy'), tree: undefined }]), false);
  assert.equal(isAtRest([watched('healthy', within(2_000))]), false);
  assert.equal(isAtRest([watched('healthy', within(10_000))]), true);
});

test('trees are unchanged while all live and none has grown much', () => {
  let begun = 0;
  const begin = (): void => {
    begun += 1;
  };
  const see = (sample: TreeSample | undefined) =>
    isUnchanged([absent('stopped'), watched('healthy')], { begin, sample: () => sample });
  assert.equal(see(sampleOf(100 * MB)), true);
  assert.equal(see(sampleOf(50 * MB)), true);
  assert.equal(see(sampleOf(101 * MB)), true);
  assert.equal(see(sampleOf(103 * MB)), false);
  assert.equal(see(undefined), false);
  assert.equal(begun, 5);
});
