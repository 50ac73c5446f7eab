import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlertMemory, type AlertSituation, planAlert } from '../../src/core/alert-plan.js';
import type { AlertPolicy } from '../../src/core/stack.js';
import type { Verdict } from '../../src/core/verdict.js';

const S = 1_000;
const M = 60 * S;
/** A noon in winter, UTC. */
const NOON = Date.UTC(2026, 0, 15, 12);

const POLICY: AlertPolicy = {
  channels: [],
  verdicts: ['degraded', 'unhealthy', 'stale', 'hung', 'down', 'crash-loop', 'orphaned', 'duplicate'],
  afterMs: 0,
  quiet: undefined,
};
/** From 22:00 to 07:00 in Vienna; a crash loop is told all the same. */
const QUIET: AlertPolicy = {
  ...POLICY,
  quiet: { fromMinute: 22 * 60, toMinute: 7 * 60, timeZone: 'Europe/Vienna', except: ['crash-loop'] },
};

/** Plays a story: from each instant on the verdict holds, and a watchdog looks every half second. What was told, and when. */
function play(
  story: readonly (readonly [atMs: number, verdict: Verdict, rest?: Partial<AlertSituation>])[],
  untilMs: number,
  policy = POLICY,
  startMs = NOON,
): { readonly told: readonly string[]; readonly memory: AlertMemory | undefined } {
  let memory: AlertMemory | undefined;
  const told: string[] = [];
  for (let atMs = 0; atMs <= untilMs; atMs += 500) {
    const [, verdict, rest] = story.findLast(([fromMs]) => fromMs <= atMs) ?? [0, 'healthy' as const];
    const decision = planAlert({ verdict, ...rest }, memory, policy, startMs + atMs);
    memory = decision.memory;
    if (decision.step.kind === 'nothing' || decision.step.kind === 'hold') continue;
    const count = memory.episodes > 1 ? ` ×${memory.episodes}` : '';
    told.push(`${atMs / S}s ${decision.step.kind} ${verdict}${count}`);
  }
  return { told, memory };
}

test('a verdict that is an alert is told once, however long it holds, and once more when it is over', () => {
  const { told } = play(
    [
      [0, 'healthy'],
      [10 * S, 'hung'],
      [40 * S, 'healthy'],
    ],
    10 * M,
  );
  assert.deepEqual(told, ['13s alert hung', '45s recovery healthy']);
});

test('a verdict that was there before the watchdog is told', () => {
  assert.deepEqual(play([[0, 'stale']], M).told, ['3s alert stale']);
});

test('nothing is told of a start, a stop or a restart by the operator', () => {
  const { told } = play(
    [
      [0, 'starting'],
      [5 * S, 'healthy'],
      [20 * S, 'degraded'], // It runs, though it was asked to stop.
      [25 * S, 'stopped'],
      [60 * S, 'down'], // Wanted, and not launched yet.
      [61 * S, 'starting'],
      [70 * S, 'healthy'],
    ],
    5 * M,
  );
  assert.deepEqual(told, []);
});

test('a crash after which the launcher brings the service back is not told', () => {
  assert.deepEqual(
    play(
      [
        [0, 'healthy'],
        [10 * S, 'down'],
        [12 * S, 'healthy'],
      ],
      10 * M,
    ).told,
    [],
  );
});

test('five crashes that open the breaker are one alert, and a start by the operator is one recovery', () => {
  const crashes = [0, 1, 2, 3].flatMap((index): [number, Verdict][] => [
    [10 * S + index * 2 * S, 'down'],
    [11 * S + index * 2 * S, 'healthy'],
  ]);
  const { told, memory } = play(
    [[0, 'healthy'], ...crashes, [18 * S, 'crash-loop'], [5 * M, 'starting'], [5 * M + 2 * S, 'healthy']],
    20 * M,
  );
  assert.deepEqual(told, ['18s alert crash-loop ×5', '307s recovery healthy']);
  assert.equal(memory?.alerted, null);
});

test('a service that crashes twelve times in five minutes, without opening the breaker, is one alert and one recovery', () => {
  const crashes = Array.from({ length: 12 }, (_, index): [number, Verdict][] => [
    [(10 + index * 25) * S, 'down'],
    [(14 + index * 25) * S, 'healthy'],
  ]);
  const { told } = play([[0, 'healthy'], ...crashes.flat()], 30 * M);
  // The third crash at 60 s is not yet a minute of trouble; the fourth is. Then five minutes of calm are waited for.
  assert.deepEqual(told, ['85s alert down ×4', `${10 + 11 * 25 + 4 + 5 * 60}s recovery healthy ×12`]);
});

test('a service that is told, recovers and goes bad again within the window has recovered when it was fine for five minutes', () => {
  const bad = Array.from({ length: 6 }, (_, index): [number, Verdict][] => [
    [(10 + index * 60) * S, 'unhealthy'],
    [(30 + index * 60) * S, 'healthy'],
  ]);
  assert.deepEqual(play([[0, 'healthy'], ...bad.flat()], 30 * M).told, [
    '10s alert unhealthy',
    '35s recovery healthy',
    '70s alert unhealthy ×2',
    `${30 + 5 * 60 + 5 * 60}s recovery healthy ×6`,
  ]);
});

test('trouble an hour apart is told each time', () => {
  const bad = [0, 60, 120].flatMap((minute): [number, Verdict][] => [
    [minute * M + 10 * S, 'unhealthy'],
    [minute * M + 20 * S, 'healthy'],
  ]);
  assert.equal(play([[0, 'healthy'], ...bad], 130 * M).told.length, 6);
});

test('two bad verdicts in turn are told once in five minutes, and an open breaker at once', () => {
  const turns = Array.from({ length: 8 }, (_, index): [number, Verdict] => [
    (10 + index * 10) * S,
    index % 2 === 0 ? 'unhealthy' : 'stale',
  ]);
  assert.deepEqual(play([[0, 'healthy'], ...turns, [100 * S, 'crash-loop']], 8 * M).told, [
    '10s alert unhealthy',
    '100s alert crash-loop',
  ]);
  // The one that holds in the end is told when the window is over.
  assert.deepEqual(play([[0, 'healthy'], ...turns], 8 * M).told, ['10s alert unhealthy', '310s alert stale']);
});

test('a verdict counts once it has lasted for "after", also the one of the recovery', () => {
  const story: [number, Verdict][] = [
    [0, 'healthy'],
    [10 * S, 'hung'],
    [35 * S, 'healthy'],
    [100 * S, 'hung'],
    [200 * S, 'healthy'],
  ];
  const { told } = play(story, 20 * M, { ...POLICY, afterMs: 30 * S });
  assert.deepEqual(told, ['130s alert hung ×2', '500s recovery healthy ×2']);
});

test('what is over within seconds is told when it is an event: PM2 died and came back', () => {
  assert.deepEqual(
    play(
      [
        [0, 'healthy'],
        [10 * S, 'down', { atOnce: true }],
        [11 * S, 'healthy'],
      ],
      M,
    ).told,
    ['10s alert down', '16s recovery healthy'],
  );
});

test('verdicts that are not in "on" are neither alert nor trouble', () => {
  const onlyDown = { ...POLICY, verdicts: ['down'] as const };
  assert.deepEqual(
    play(
      [
        [0, 'unhealthy'],
        [10 * S, 'down'],
        [40 * S, 'unhealthy'],
      ],
      M,
      onlyDown,
    ).told,
    ['20s alert down', '40s recovery unhealthy'],
  );
});

test('in quiet hours nothing is told; what still holds when they end is told then, and what is over never', () => {
  // 23:00 in Vienna is 22:00 UTC in winter; quiet hours end 8 hours later.
  const evening = Date.UTC(2026, 0, 15, 22);
  assert.deepEqual(play([[0, 'hung']], 9 * 60 * M, QUIET, evening).told, [`${8 * 3600}s alert hung`]);
  const over: [number, Verdict][] = [
    [0, 'hung'],
    [60 * M, 'healthy'],
  ];
  assert.deepEqual(play(over, 9 * 60 * M, QUIET, evening).told, []);
});

test('in quiet hours an excepted verdict is told, and so is its end; the end of another waits for the morning', () => {
  const evening = Date.UTC(2026, 0, 15, 22);
  const loop: [number, Verdict][] = [
    [0, 'crash-loop'],
    [10 * M, 'healthy'],
  ];
  assert.deepEqual(play(loop, 60 * M, QUIET, evening).told, ['0s alert crash-loop', '605s recovery healthy']);
  // Told at 21:50, over at 23:00.
  const before: [number, Verdict][] = [
    [0, 'hung'],
    [70 * M, 'healthy'],
  ];
  assert.deepEqual(play(before, 10 * 60 * M, QUIET, evening - 70 * M).told, [
    '3s alert hung',
    `${(8 * 60 + 70) * 60}s recovery healthy`,
  ]);
});

test('a clock that is put back does not hold an alert for as long', () => {
  const first = planAlert({ verdict: 'down' }, undefined, POLICY, NOON);
  const back = planAlert({ verdict: 'down' }, first.memory, POLICY, NOON - 3_600_000);
  const later = planAlert({ verdict: 'down' }, back.memory, POLICY, NOON - 3_600_000 + 10 * S);
  assert.equal(later.step.kind, 'alert');
});

test('planAlert() leaves the memory as it is while nothing changes, so that nothing need be written', () => {
  const { memory } = planAlert({ verdict: 'crash-loop' }, undefined, POLICY, NOON);
  assert.deepEqual(planAlert({ verdict: 'crash-loop' }, memory, POLICY, NOON + M).memory, memory);
});
