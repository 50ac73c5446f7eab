import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { StartOutcome, StopOutcome } from '../../src/core/outcome.js';
import { renderError } from '../../src/render/error.js';
import { renderJson } from '../../src/render/json.js';
import { renderModePlan, renderModes } from '../../src/render/mode-plan.js';
import { renderOutcomes, renderStartOutcomes, renderStopOutcomes } from '../../src/render/outcomes.js';
import { showProgress } from '../../src/render/progress.js';

const STARTS: readonly StartOutcome[] = [
  { kind: 'ready', service: 'website', key: 'website', pid: 812, tookMs: 1_234 },
  { kind: 'kept', service: 'trading', key: 'trading', pid: 813, note: null },
  { kind: 'kept', service: 'signals', key: 'signals', pid: 814, note: 'orphaned: runs, but not under PM2' },
  { kind: 'skipped', service: 'scheduler', key: 'scheduler', reason: 'needs feed, which did not start' },
  { kind: 'interrupted', service: 'slow', key: 'slow', launched: true },
  {
    ...{ kind: 'failed', service: 'feed', key: 'feed', code: 'CRASHED', exitCode: 3, exitSignal: null },
    ...{ reason: 'exited with code 3 before it was ready', hint: 'sigctl logs feed' },
    logTail: ['\u001b[31mcannot open the vault\u001b[0m', 'no\u0007 key'],
  },
];

const STOPS: readonly StopOutcome[] = [
  { kind: 'stopped', service: 'website', key: 'website', pid: 812, tookMs: 120, forced: false },
  { kind: 'stopped', service: 'trading', key: 'trading', pid: 813, tookMs: 5_040, forced: true },
  { kind: 'already', service: 'feed', key: 'feed' },
  { kind: 'failed', service: 'stuck', key: 'stuck', pid: 9, reason: 'still alive 5.0s after SIGKILL' },
];

test('each start is one line; below a failure stand its last words, cleaned, and the next command', () => {
  assert.equal(
    renderStartOutcomes(STARTS, false),
    `\
✔ website    ready in 1.2s (pid 812)
✔ trading    already running (pid 813)
! signals    left as it is (pid 814): orphaned: runs, but not under PM2
- scheduler  not started: needs feed, which did not start
! slow       not waited for any longer; it is left as it is (sigctl status)
✖ feed       exited with code 3 before it was ready
    │ cannot open the vault
    │ no key
    next: sigctl logs feed`,
  );
});

test('what Ctrl-C kept from being launched is named, with the command that does the rest', () => {
  const left = (key: string, service: string) => ({ kind: 'interrupted', service, key, launched: false }) as const;
  assert.equal(
    renderStartOutcomes([left('a', 'a'), left('web-0', 'web'), left('web-1', 'web')], false),
    `\
- a      not started: interrupted before it
- web-0  not started: interrupted before it
- web-1  not started: interrupted before it
    next: sigctl start a web`,
  );
});

test('each stop is one line, and a forced one says so', () => {
  assert.equal(
    renderStopOutcomes(STOPS, false),
    `\
✔ website  stopped in 120ms
! trading  killed after 5.0s: it did not end on SIGINT
- feed     not running
✖ stuck    still alive 5.0s after SIGKILL`,
  );
});

test('no outcome at all is said for a start, and nothing for a stop', () => {
  assert.equal(renderStartOutcomes([], false), 'Nothing to start');
  assert.equal(renderStopOutcomes([], false), '');
});

test('colour adds to outcomes and changes no word', () => {
  for (const [plain, coloured] of [
    [renderStartOutcomes(STARTS, false), renderStartOutcomes(STARTS, true)],
    [renderStopOutcomes(STOPS, false), renderStopOutcomes(STOPS, true)],
  ] as const) {
    assert.equal(stripVTControlCharacters(plain), plain);
    assert.notEqual(coloured, plain);
    assert.equal(stripVTControlCharacters(coloured), plain);
  }
});

test('a mode plan is a table: what stops, starts and stays, with what there is now', () => {
  const plan = { mode: 'standard', stop: ['signals'], start: ['website', 'trading'], keep: ['feed', 'migrate'] };
  const before = {
    mode: 'minimal',
    running: new Set(['signals', 'feed', 'migrate']),
    completed: new Set(['migrate']),
    present: new Set(['signals', 'feed', 'website']),
  };
  assert.equal(
    renderModePlan(plan, before, false),
    [
      'Mode standard (now minimal):',
      '  ACTION  SERVICE  NOW',
      '  stop    signals  running',
      '  start   website  partly running',
      '  start   trading  not running',
      '  keep    feed     running',
      '  keep    migrate  completed',
    ].join('\n'),
  );
  assert.equal(
    renderModePlan({ ...plan, stop: [], start: [] }, before, false),
    'Mode standard: nothing to change (feed, migrate)',
  );
});

test('the mode in force is marked among the modes', () => {
  const modes = { minimal: ['trading'], full: ['website', 'trading'] };
  assert.equal(renderModes(modes, 'full', false), '  minimal  trading\n* full     website, trading');
  assert.equal(renderModes(modes, undefined, false), '  minimal  trading\n  full     website, trading');
  assert.equal(renderModes({}, undefined, false), '');
});

test('a refusal is what was attempted and the next thing to do, two lines', () => {
  const error = { message: 'Cannot find service "x"', hint: 'Defined services: web' };
  const plain = 'sigctl: Cannot find service "x"\nhint: Defined services: web';
  assert.equal(renderError(error, false), plain);
  assert.equal(stripVTControlCharacters(renderError(error, true)), plain);
  assert.notEqual(renderError(error, true), plain);
});

test('JSON begins with the version of its shape', () => {
  assert.equal(renderJson({ ok: true }), '{\n  "schemaVersion": 1,\n  "ok": true\n}');
});

test('progress without a terminal is one plain line for each beginning, and done twice is no matter', () => {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const progress = showProgress({ write, isTerminal: false });
  progress.report({ kind: 'starting', key: 'web-0' });
  progress.report({ kind: 'stopping', key: 'feed' });
  progress.report({ kind: 'stopped', outcome: { kind: 'already', service: 'feed', key: 'feed' } });
  progress.done();
  progress.done();
  assert.equal(text, 'starting web-0\nstopping feed\n');
});

test('what stopped and what started stand in the same columns', () => {
  const stopped = {
    kind: 'stopped',
    service: 'market-data',
    key: 'market-data',
    pid: 8,
    tookMs: 85,
    forced: false,
  } as const;
  const kept = { kind: 'kept', service: 'web', key: 'web', pid: 7, note: null } as const;
  assert.equal(
    renderOutcomes([stopped], [kept], false),
    ['✔ market-data  stopped in 85ms', '✔ web          already running (pid 7)'].join('\n'),
  );
});
