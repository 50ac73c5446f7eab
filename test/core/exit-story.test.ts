import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StoryInput, type StoryProcess, tellExit } from '../../src/core/exit-story.js';
import type { ServiceEvent } from '../../src/core/service-event.js';
import { renderHistory } from '../../src/render/history.js';
import { renderStories } from '../../src/render/why.js';

const NOW = new Date(2026, 2, 1, 14, 2, 11).getTime();
const MB = 1024 ** 2;

function event(kind: string, agoMs: number, rest: Partial<ServiceEvent> = {}): ServiceEvent {
  return {
    atMs: NOW - agoMs,
    service: 'trading',
    instance: '0',
    kind,
    cause: null,
    actor: 'service',
    pid: 812,
    exitCode: null,
    exitSignal: null,
    manifestHash: 'f00',
    version: '0.1.0',
    memoryBytes: null,
    logTail: null,
    detail: { key: 'trading' },
    ...rest,
  };
}

const CRASH = event('exit', 130_000, {
  cause: 'crash',
  exitCode: 3,
  memoryBytes: 75 * MB,
  logTail: ['cannot open the vault: no key', 'bye'],
  detail: { key: 'trading', reason: 'it ended by itself with code 3', uptimeMs: 252_000 },
});

const UP: StoryProcess = {
  service: 'trading',
  key: 'trading',
  pid: 813,
  uptimeMs: 129_000,
  wanted: true,
  verdict: 'healthy',
  reason: 'last cycle 1.2s ago',
  next: null,
  memoryLimitBytes: 512 * MB,
};
const DOWN: StoryProcess = { ...UP, pid: null, uptimeMs: null, verdict: 'down', reason: 'exited with code 3' };

function story(events: readonly ServiceEvent[], rest: Partial<StoryInput> = {}) {
  return tellExit({ process: UP, events, manifestHash: 'f00', nowMs: NOW, ...rest });
}

test('the story of an exit is told in five lines: what, why, circumstances, last word, and what came next', () => {
  const start = event('start', 129_920, { cause: 'crash', actor: 'pm2', pid: 813 });
  const told = renderStories([story([CRASH, start])], NOW, { width: 100, colour: false });
  assert.deepEqual(told.split('\n'), [
    'trading exited with code 3, 2m 10s ago (14:00:01), pid 812, after 4m 12s',
    '  cause crash, by service: it ended by itself with code 3',
    '  facts memory 75 MB of 512 MB at most · sigctl 0.1.0 · manifest as now (f00)',
    '  said  cannot open the vault: no key',
    '  next  restarted 80ms later as pid 813; now healthy, up 2m 09s',
  ]);
});

test('a service that was not restarted is told with the command that starts it', () => {
  const told = story([CRASH], { process: DOWN });
  assert.equal(told.sequel, 'not restarted (down: exited with code 3)');
  assert.equal(told.next, 'sigctl start trading');
});

test('a service that was given up is told so, and a manifest that has changed since', () => {
  const gaveUp = event('crash-loop', 1_000, { detail: { key: 'trading', reason: '5 exits within 2m' } });
  const told = story([CRASH, gaveUp], {
    process: { ...DOWN, verdict: 'crash-loop', next: 'sigctl logs trading' },
    manifestHash: 'f01',
  });
  assert.equal(told.sequel, 'not restarted: 5 exits within 2m');
  assert.equal(told.next, 'sigctl logs trading');
  assert.match(told.facts ?? '', /its manifest entry has changed since \(f00 → f01\)/);
});

test('a start that failed is a story of its own, unless its process exited', () => {
  const failed = (code: string) =>
    event('start-failed', 500, { cause: 'port-taken', detail: { key: 'trading', code, reason: 'port 1 is held' } });
  assert.deepEqual(
    [story([CRASH, failed('PORT_TAKEN')]).kind, story([CRASH, failed('PORT_TAKEN')]).reason],
    ['not-started', 'port 1 is held'],
  );
  const held = event('start-failed', 100, { cause: 'port-taken', detail: { key: 'trading', code: 'PORT_TAKEN' } });
  assert.equal(story([held], { process: { ...DOWN, next: 'sigctl start trading' } }).next, 'sigctl doctor');
  assert.equal(story([held]).next, null);
  assert.equal(story([CRASH, failed('CRASHED')]).kind, 'exited');
});

test('a refusal is what came after the exit, and a story of its own where there is no exit', () => {
  const refused = event('refused', 100, { cause: 'refused', detail: { key: 'trading', reason: 'its lock is held' } });
  assert.equal(story([CRASH, refused], { process: DOWN }).sequel, 'not restarted: its lock is held');
  assert.equal(story([refused], { process: DOWN }).kind, 'not-started');
});

test('a service that never exited or never ran is not given a story that it does not have', () => {
  const start = event('start', 3 * 3_600_000, { actor: 'operator root' });
  const running = story([start], { process: { ...UP, uptimeMs: 3 * 3_600_000 } });
  assert.equal(running.what, 'trading has not exited since its start 3h 00m ago by operator root');
  const never = story([], { process: { ...DOWN, wanted: false, verdict: 'stopped', reason: 'stopped' } });
  assert.equal(never.kind, 'never');
  assert.equal(never.next, 'sigctl start trading');
});

test('what left the manifest is not told to be started', () => {
  assert.equal(story([CRASH], { process: { ...DOWN, wanted: false }, manifestHash: undefined }).next, null);
});

for (const width of [60, 80, 140]) {
  test(`the table of history fits ${width} columns`, () => {
    const long = event('exit', 5_000, {
      ...CRASH,
      service: 'market-data',
      actor: 'operator somebody',
      detail: { ...CRASH.detail, key: 'market-data-10', reason: 'words '.repeat(60) },
    });
    const text = renderHistory([CRASH, long, event('ready', 100, { detail: { tookMs: 20 } })], NOW, {
      width,
      colour: false,
    });
    for (const line of text.split('\n')) assert.ok(line.length <= width, `${line.length}: ${line}`);
    assert.match(text, /TIME +SERVICE +EVENT +CAUSE/);
    assert.match(text, /code 3, after 4m 12s, 75 MB, it ended/);
  });
}

test('nothing that a service wrote reaches the terminal as control characters', () => {
  const evil = event('exit', 5_000, {
    exitCode: 1,
    logTail: ['\u001b[2Jerror: \u0007x'],
    detail: { reason: 'a\u001b[31mb\nc' },
  });
  const texts = [
    renderHistory([evil], NOW, { width: 80, colour: false }),
    renderStories([story([evil])], NOW, { width: 80, colour: false }),
  ];
  for (const text of texts) assert.doesNotMatch(text.replaceAll('\n', ''), /\p{Cc}/u);
});

test('a process that hung is told with where its code was, by the look into that very process', () => {
  const at = (name: string) => [{ function: name, file: 'trade.mjs', line: 12, column: 5 }];
  const other = event('snapshot', 150_000, { pid: 811, cause: 'hung', detail: { key: 'trading', stack: at('other') } });
  const look = event('snapshot', 131_000, { cause: 'hung', detail: { key: 'trading', stack: at('busyLoop') } });
  const later = event('snapshot', 100, { pid: 813, cause: 'hung', detail: { key: 'trading', stack: at('later') } });
  const hung = { ...CRASH, cause: 'hung' };
  assert.equal(story([other, look, hung, later]).stuck, 'in busyLoop (trade.mjs:12:5)');
  // What ended by itself was not stuck, and what never ended may be now.
  assert.equal(story([other, look, CRASH]).stuck, null);
  const now = (verdict: string) => story([look, later], { process: { ...UP, verdict } });
  assert.equal(now('hung').stuck, 'in later (trade.mjs:12:5)');
  assert.equal(now('healthy').stuck, null);
  assert.match(renderStories([now('hung')], NOW, { width: 100, colour: false }), /^ {2}stuck in later/m);
});
