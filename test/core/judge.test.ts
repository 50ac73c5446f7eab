import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heartbeatLimitMs, isOwnRow, type JudgeInput, judge, progressLimitMs } from '../../src/core/judge.js';
import type { ObservedProcess } from '../../src/core/observed-process.js';
import { SERVICE_STATES, type StatusRow } from '../../src/core/status-row.js';
import { VERDICTS } from '../../src/core/verdict.js';

const NOW = 1_000_000;
const MB = 1024 ** 2;

type Live = Extract<ObservedProcess, { kind: 'running' }>;
type Absent = Extract<ObservedProcess, { kind: 'none' }>;

/** Alive for ten minutes under PM2. */
const LIVE: Live = {
  kind: 'running',
  identity: { pid: 812, startToken: '5000' },
  startedAtMs: NOW - 600_000,
  parent: 'pm2',
  starts: 1,
  memoryBytes: 60 * MB,
  cpuMs: 1_000,
  duplicates: [],
};

const GONE: Absent = { kind: 'none', lastExit: null, starts: 0, breakerOpen: false, holdback: null, leftovers: [] };

/** Written a second ago by LIVE, five-second beats, no progress yet. */
const ROW: StatusRow = {
  service: 'trading',
  instance: '0',
  host: 'here',
  pid: 812,
  startToken: '5000',
  state: 'running',
  reason: null,
  heartbeatAtMs: NOW - 1_000,
  heartbeatEveryMs: 5_000,
  progressName: null,
  progressSeq: null,
  progressAtMs: null,
  progressWithinMs: null,
  generation: 3,
  version: null,
  mode: null,
  rssBytes: null,
  loopLagMs: null,
  detail: null,
};

const cycle = (agoMs: number, withinMs: number | null = null): Partial<StatusRow> => ({
  progressName: 'cycle',
  progressSeq: 7,
  progressAtMs: NOW - agoMs,
  progressWithinMs: withinMs,
});

function input(over: Partial<JudgeInput> = {}): JudgeInput {
  return {
    service: 'trading',
    wanted: true,
    listed: true,
    isUnready: false,
    isAwaited: false,
    process: LIVE,
    status: ROW,
    exitRules: { oneshot: false, successCodes: [0], neverCodes: [] },
    checks: [],
    health: { heartbeatWithinMs: undefined, progress: undefined },
    readyWithinMs: 20_000,
    readyByHeartbeat: true,
    memoryLimitBytes: undefined,
    memorySoftBytes: undefined,
    nowMs: NOW,
    ...over,
  };
}

const live = (over: Partial<Live>): Live => ({ ...LIVE, ...over });
const gone = (over: Partial<Absent>): Absent => ({ ...GONE, ...over });
const row = (over: Partial<StatusRow>): StatusRow => ({ ...ROW, ...over });
const verdictOf = (over: Partial<JudgeInput>): string => judge(input(over)).verdict;

test('a process with a fresh heartbeat is healthy, and its last finished work is the reason', () => {
  assert.deepEqual(judge(input({ status: row(cycle(12_000)) })), { verdict: 'healthy', reason: 'last cycle 12s ago' });
  assert.deepEqual(judge(input({ status: row({ reason: 'market closed' }) })), {
    verdict: 'healthy',
    reason: 'market closed',
  });
  assert.deepEqual(judge(input({ status: undefined, readyByHeartbeat: false })), {
    verdict: 'healthy',
    reason: 'runs',
  });
});

test('a service that is not wanted and does not run is stopped', () => {
  assert.deepEqual(judge(input({ wanted: false, process: GONE, status: undefined })), {
    verdict: 'stopped',
    reason: 'stopped',
  });
});

test('a stopped service keeps the reason that it gave for its end', () => {
  const reasonOf = (over: Partial<StatusRow>) =>
    judge(input({ wanted: false, process: GONE, status: row(over) })).reason;
  assert.equal(reasonOf({ state: 'stopped', reason: 'SIGINT' }), 'ended in order on SIGINT');
  assert.equal(reasonOf({ state: 'error', reason: 'circuit breaker: max drawdown' }), 'circuit breaker: max drawdown');
  assert.equal(reasonOf({ state: 'stopped', reason: '' }), 'stopped');
  assert.equal(reasonOf({ state: 'stopped', reason: null }), 'stopped');
  assert.equal(reasonOf({ state: 'running', reason: 'busy' }), 'stopped');
});

test('a service that should run and has no process is down, with its last exit when it is known', () => {
  const next = 'sigctl start trading';
  assert.deepEqual(judge(input({ process: GONE })), {
    verdict: 'down',
    reason: 'should run, and has no process',
    next,
  });
  const process = gone({ lastExit: { atMs: NOW - 12_000, code: 3, signal: null } });
  assert.deepEqual(judge(input({ process })), { verdict: 'down', reason: 'exited with code 3, 12s ago', next });
});

test('an open breaker of a service that nobody wants is only history', () => {
  assert.equal(verdictOf({ wanted: false, process: gone({ breakerOpen: true, starts: 6 }) }), 'stopped');
});

test('children that outlived their service are named, and the next command depends on what is wanted', () => {
  const process = gone({ leftovers: [41, 42], breakerOpen: true });
  const reason = 'its process is gone, and pid 41, 42 of its tree still holds the lock';
  assert.deepEqual(judge(input({ process })), { verdict: 'down', reason, next: 'sigctl restart trading' });
  assert.deepEqual(judge(input({ process, wanted: false })), {
    verdict: 'orphaned',
    reason,
    next: 'sigctl stop trading',
  });
});

test('a second process of the same service is a duplicate, whatever else is wrong', () => {
  const judgement = judge(
    input({
      process: live({ duplicates: [900], parent: 'none', memoryBytes: 900 * MB }),
      status: row({ heartbeatAtMs: NOW - 900_000, state: 'error' }),
      memoryLimitBytes: 100 * MB,
      memorySoftBytes: 90 * MB,
      wanted: false,
    }),
  );
  assert.deepEqual(judgement, {
    verdict: 'duplicate',
    reason: 'runs as pid 812 and 900',
    next: 'sigctl restart trading',
  });
});

test('a heartbeat is late past two of its own beats, and not at exactly two', () => {
  assert.equal(verdictOf({ status: row({ heartbeatAtMs: NOW - 10_000 }) }), 'healthy');
  assert.deepEqual(judge(input({ status: row({ heartbeatAtMs: NOW - 10_001 }) })), {
    verdict: 'hung',
    reason: 'last heartbeat 10s ago, limit 10s',
    next: 'sigctl restart trading',
  });
});

test("the manifest's limit for the heartbeat wins over the service's own beat, exactly to the millisecond", () => {
  const health = { heartbeatWithinMs: 8_000, progress: undefined };
  assert.equal(verdictOf({ health, status: row({ heartbeatAtMs: NOW - 8_000 }) }), 'healthy');
  assert.equal(verdictOf({ health, status: row({ heartbeatAtMs: NOW - 8_001 }) }), 'hung');
  assert.equal(heartbeatLimitMs(ROW, health), 8_000);
  assert.equal(heartbeatLimitMs(ROW, input().health), 10_000);
});

test('a heartbeat that a clock which was set back has left in the future proves nothing, and is not taken for young', () => {
  const ahead = (ms: number) => judge(input({ status: row({ heartbeatAtMs: NOW + ms }) }));
  assert.equal(ahead(10_000).verdict, 'healthy');
  assert.deepEqual(
    { verdict: ahead(10_001).verdict, next: ahead(10_001).next },
    { verdict: 'degraded', next: 'sigctl status' },
  );
  assert.match(ahead(3 * 3_600_000).reason, /dated 3h 00m ahead of the clock/);
});

test('a service that states no beat, or an impossible one, has no limit of its own', () => {
  for (const heartbeatEveryMs of [null, 0, -5]) {
    assert.equal(heartbeatLimitMs(row({ heartbeatEveryMs }), input().health), undefined);
    assert.equal(verdictOf({ status: row({ heartbeatEveryMs, heartbeatAtMs: 0 }) }), 'healthy');
  }
  assert.equal(heartbeatLimitMs(undefined, input().health), undefined);
});

test('without a heartbeat a process is starting until its time to get ready is over, and hung after it', () => {
  const at = (aliveMs: number) => judge(input({ status: undefined, process: live({ startedAtMs: NOW - aliveMs }) }));
  assert.deepEqual(at(20_000), { verdict: 'starting', reason: 'started 20s ago, no heartbeat yet' });
  assert.deepEqual(at(20_001), {
    verdict: 'hung',
    reason: 'no heartbeat since its start 20s ago',
    next: 'sigctl restart trading',
  });
});

test('a service that is not expected to write a heartbeat is not hung without one', () => {
  assert.equal(verdictOf({ status: undefined, readyByHeartbeat: false }), 'healthy');
  const health = { heartbeatWithinMs: 15_000, progress: undefined };
  assert.equal(verdictOf({ status: undefined, readyByHeartbeat: false, health }), 'hung');
});

test('a service that says "starting" is starting for its time to get ready, and unhealthy past it', () => {
  const at = (aliveMs: number) =>
    judge(input({ status: row({ state: 'starting' }), process: live({ startedAtMs: NOW - aliveMs }) }));
  assert.deepEqual(at(20_000), { verdict: 'starting', reason: 'started 20s ago' });
  assert.deepEqual(at(20_001), {
    verdict: 'unhealthy',
    reason: 'still starting after 20s, limit 20s',
    next: 'sigctl logs trading',
  });
});

test("another process's row does not count: neither a recycled pid nor an older run speaks for this one", () => {
  const strangers = [row({ pid: 811 }), row({ startToken: '4999' }), row({ pid: null })];
  for (const status of strangers) {
    assert.equal(isOwnRow(status, LIVE), false);
    assert.equal(verdictOf({ status }), 'hung');
    assert.equal(verdictOf({ status, process: live({ startedAtMs: NOW - 5_000 }) }), 'starting');
  }
  assert.equal(isOwnRow(undefined, LIVE), false);
});

test('the state and the work of an older run are not shown as those of the new process', () => {
  const old = { ...cycle(3_600_000, 1_000), pid: 811, reason: 'broken', state: 'error' as const };
  assert.deepEqual(judge(input({ status: row(old), readyByHeartbeat: false })), { verdict: 'healthy', reason: 'runs' });
});

test('a row without a start token is known by its pid alone', () => {
  assert.equal(isOwnRow(row({ startToken: null }), LIVE), true);
  assert.equal(verdictOf({ status: row({ startToken: null }) }), 'healthy');
});

test('work is late past its limit, and not at exactly its limit', () => {
  assert.equal(verdictOf({ status: row(cycle(90_000, 90_000)) }), 'healthy');
  assert.deepEqual(judge(input({ status: row(cycle(90_001, 90_000)) })), {
    verdict: 'stale',
    reason: 'last cycle 1m 30s ago, limit 1m 30s',
    next: 'sigctl logs trading',
  });
});

test("the service's own limit for its work wins over the manifest's, in both directions", () => {
  const health = { heartbeatWithinMs: undefined, progress: { name: 'cycle', withinMs: 60_000 } };
  assert.equal(verdictOf({ health, status: row(cycle(70_000, 80_000)) }), 'healthy');
  assert.equal(verdictOf({ health, status: row(cycle(50_000, 40_000)) }), 'stale');
});

test('progressWithinMs 0 expects no work any more; null leaves it to the manifest', () => {
  const health = { heartbeatWithinMs: undefined, progress: { name: 'cycle', withinMs: 60_000 } };
  assert.equal(verdictOf({ health, status: row(cycle(999_000, 0)) }), 'healthy');
  assert.equal(verdictOf({ health, status: row(cycle(60_000, null)) }), 'healthy');
  assert.equal(verdictOf({ health, status: row(cycle(60_001, null)) }), 'stale');
  assert.equal(verdictOf({ status: row(cycle(999_000, null)) }), 'healthy');
  assert.equal(progressLimitMs(row({ progressWithinMs: 0 }), health), undefined);
  assert.equal(progressLimitMs(undefined, health), 60_000);
});

test('work that never advanced is counted from the start of the process', () => {
  const health = { heartbeatWithinMs: undefined, progress: { name: 'candle', withinMs: 60_000 } };
  assert.equal(verdictOf({ health, process: live({ startedAtMs: NOW - 60_000 }) }), 'healthy');
  assert.deepEqual(judge(input({ health, process: live({ startedAtMs: NOW - 60_001 }) })), {
    verdict: 'stale',
    reason: 'no candle since its start 1m 00s ago, limit 1m',
    next: 'sigctl logs trading',
  });
});

test('a stale service that reports an error is stale, with its own word added', () => {
  const status = row({ ...cycle(90_001, 90_000), state: 'error', reason: 'exchange answers 503' });
  assert.equal(judge(input({ status })).reason, 'last cycle 1m 30s ago, limit 1m 30s; exchange answers 503');
});

test('a service that reports an error is unhealthy, with its reason', () => {
  const next = 'sigctl logs trading';
  assert.deepEqual(judge(input({ status: row({ state: 'error', reason: 'max drawdown' }) })), {
    verdict: 'unhealthy',
    reason: 'max drawdown',
    next,
  });
  assert.equal(judge(input({ status: row({ state: 'error' }) })).reason, 'reports an error');
});

test('a service that says it stopped while its process lives is unhealthy', () => {
  assert.deepEqual(judge(input({ status: row({ state: 'stopped', reason: 'SIGINT' }) })), {
    verdict: 'unhealthy',
    reason: 'says it stopped, and its process still lives: SIGINT',
    next: 'sigctl restart trading',
  });
});

test('failed checks make a service unhealthy, each with its reason; passed ones are silent', () => {
  const checks = [
    { name: 'http', ok: false, reason: 'answers 503' },
    { name: 'disk', ok: true, reason: '40 GB free' },
    { name: 'feed', ok: false, reason: 'no candle' },
  ];
  assert.deepEqual(judge(input({ checks })), {
    verdict: 'unhealthy',
    reason: 'http: answers 503; feed: no candle',
    next: 'sigctl logs trading',
  });
});

test('what runs and is no longer in the manifest is orphaned, whatever else is wrong', () => {
  assert.deepEqual(judge(input({ listed: false, process: live({ duplicates: [900] }) })), {
    verdict: 'orphaned',
    reason: 'runs, and is no longer in the manifest',
    next: 'sigctl stop trading',
  });
});

test('a process that PM2 does not hold is orphaned, and restart or stop is next, as it is wanted or not', () => {
  const process = live({ parent: 'none' });
  const reason = 'runs, but not under PM2: nothing would restart it';
  assert.deepEqual(judge(input({ process })), { verdict: 'orphaned', reason, next: 'sigctl restart trading' });
  assert.deepEqual(judge(input({ process, wanted: false })), {
    verdict: 'orphaned',
    reason,
    next: 'sigctl stop trading',
  });
});

test('a service that runs though it was asked to stop is degraded', () => {
  assert.deepEqual(judge(input({ wanted: false })), {
    verdict: 'degraded',
    reason: 'runs, though it was asked to stop',
    next: 'sigctl stop trading',
  });
});

test('memory is a soft fault from nine tenths of the limit on, and nothing below it', () => {
  const limits = { memoryLimitBytes: 100 * MB, memorySoftBytes: 90 * MB };
  assert.equal(verdictOf({ ...limits, process: live({ memoryBytes: 90 * MB - 1 }) }), 'healthy');
  assert.deepEqual(judge(input({ ...limits, process: live({ memoryBytes: 90 * MB }) })), {
    verdict: 'degraded',
    reason: 'memory 90 MB of 100 MB',
    next: 'sigctl logs trading',
  });
  assert.equal(verdictOf({ process: live({ memoryBytes: 9_000 * MB }) }), 'healthy');
});

test('when several things are wrong the worst is told: each repair uncovers the next', () => {
  const checks = [{ name: 'http', ok: false, reason: 'answers 503' }];
  const everything: Partial<JudgeInput> = {
    process: live({ duplicates: [900], parent: 'none', memoryBytes: 99 * MB }),
    status: row({ ...cycle(90_001, 90_000), heartbeatAtMs: NOW - 60_000, state: 'error', reason: 'own word' }),
    checks,
    memoryLimitBytes: 100 * MB,
    memorySoftBytes: 90 * MB,
  };
  const steps: readonly (readonly [string, Partial<JudgeInput>])[] = [
    ['duplicate', {}],
    ['hung', { process: live({ parent: 'none', memoryBytes: 99 * MB }) }],
    ['stale', { status: row({ ...cycle(90_001, 90_000), state: 'error', reason: 'own word' }) }],
    ['own word', { status: row({ state: 'error', reason: 'own word' }) }],
    ['http: answers 503', { status: ROW }],
    ['orphaned', { checks: [] }],
    ['memory 99 MB of 100 MB', { process: live({ memoryBytes: 99 * MB }) }],
    ['healthy', { memoryLimitBytes: undefined }],
  ];
  let current = input(everything);
  for (const [expected, repair] of steps) {
    current = { ...current, ...repair };
    const { verdict, reason } = judge(current);
    assert.ok(verdict === expected || reason === expected, `${expected}: got ${verdict} (${reason})`);
  }
});

test('judge() answers each combination of what can be seen with one verdict, a reason, and a command where one helps', () => {
  const processes = [
    ...[GONE, gone({ leftovers: [1] }), gone({ breakerOpen: true, starts: 2 })],
    ...[LIVE, live({ parent: 'none' }), live({ duplicates: [5] }), live({ startedAtMs: NOW })],
  ];
  const rows = SERVICE_STATES.flatMap((state) =>
    [0, NOW, NOW + 60_000].map((heartbeatAtMs) => row({ ...cycle(1_000, 500), state, heartbeatAtMs })),
  );
  const seen = new Set<string>();
  for (const process of processes) {
    for (const status of [undefined, ...rows, row({ pid: 1 })]) {
      for (const wanted of [true, false]) {
        const judgement = judge(
          input({ process, status, wanted, memoryLimitBytes: 62 * MB, memorySoftBytes: 56 * MB }),
        );
        assert.ok(VERDICTS.includes(judgement.verdict));
        assert.notEqual(judgement.reason, '');
        const isQuiet = ['healthy', 'starting', 'stopped'].includes(judgement.verdict);
        assert.equal(judgement.next === undefined, isQuiet, judgement.verdict);
        seen.add(judgement.verdict);
      }
    }
  }
  assert.ok(seen.size >= 8, [...seen].join(', '));
});

test('a process that a command waits for is starting, whatever its checks say', () => {
  const checks = [{ name: 'page', ok: false, reason: 'refused' }];
  assert.deepEqual(judge(input({ isAwaited: true, checks })).verdict, 'starting');
  assert.equal(judge(input({ isAwaited: false, checks })).verdict, 'unhealthy');
});
