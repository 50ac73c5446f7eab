import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMode } from '../../src/commands/mode.js';
import type { StartOutcome } from '../../src/core/outcome.js';
import { fakeDeps } from './deps.js';

const options = (
  mode?: string,
  over: { readonly dryRun?: boolean; readonly json?: boolean; readonly rollback?: boolean } = {},
) => ({
  mode,
  config: undefined,
  waitMs: 120_000,
  dryRun: false,
  rollback: false,
  json: false,
  ...over,
});

test('mode stops what is not in it, and starts what is missing with what it needs', async () => {
  const { deps, effects, seen } = fakeDeps({ running: ['website', 'market-data'] });
  assert.equal(await runMode(deps, options('minimal')), 0);
  assert.deepEqual(effects, ['mode minimal', 'stop website', 'start market-data trading']);
  assert.equal(
    seen.stderr,
    [
      'Mode minimal:',
      '  ACTION  SERVICE      NOW',
      '  stop    website      running',
      '  start   trading      not running',
      '  keep    market-data  running',
      '',
    ].join('\n'),
  );
  assert.equal(seen.openViews, 0);
});

test('mode --dry-run prints the plan to stdout and changes nothing', async () => {
  const { deps, effects, seen } = fakeDeps({ running: ['website'] });
  assert.equal(await runMode(deps, options('minimal', { dryRun: true })), 0);
  assert.deepEqual(effects, []);
  assert.equal(
    seen.stdout,
    [
      'Mode minimal:',
      '  ACTION  SERVICE      NOW',
      '  stop    website      running',
      '  start   trading      not running',
      '  start   market-data  not running',
      '',
    ].join('\n'),
  );
  assert.equal(seen.openViews, 0);
});

test('mode --dry-run --json prints the plan as a document', async () => {
  const { deps, effects, seen } = fakeDeps({ running: ['website'] });
  await runMode(deps, options('minimal', { dryRun: true, json: true }));
  assert.deepEqual(JSON.parse(seen.stdout), {
    schemaVersion: 1,
    plan: { mode: 'minimal', stop: ['website'], start: ['trading', 'market-data'], keep: [] },
  });
  assert.deepEqual(effects, []);
});

test('mode --json prints plan and outcomes, and nothing on stderr', async () => {
  const { deps, seen } = fakeDeps({ running: ['website'] });
  await runMode(deps, options('minimal', { json: true }));
  const document = JSON.parse(seen.stdout);
  assert.deepEqual(Object.keys(document), ['schemaVersion', 'plan', 'stopped', 'started', 'ok']);
  assert.equal(document.ok, true);
  assert.equal(seen.stderr, '');
});

test('mode refuses an unknown mode before any effect, and suggests the nearest', async () => {
  for (const [mode, hint] of [
    ['minimla', 'Did you mean "minimal"? Defined modes: minimal, full'],
    ['constructor', 'Defined modes: minimal, full'],
    ['__proto__', 'Defined modes: minimal, full'],
    ['', 'Defined modes: minimal, full'],
  ] as const) {
    const { deps, effects, seen } = fakeDeps({ running: ['website'] });
    await assert.rejects(runMode(deps, options(mode)), { code: 'MODE_UNKNOWN', exitCode: 2, hint }, mode);
    assert.deepEqual(effects, []);
    assert.equal(seen.stdout + seen.stderr, '');
    assert.equal(seen.openViews, 0);
  }
});

test('mode without a name shows the modes and the one in force, and takes no lock', async () => {
  const { deps, requests, seen } = fakeDeps({ mode: 'minimal' });
  assert.equal(await runMode(deps, options()), 0);
  assert.equal(seen.stdout, '* minimal  trading\n  full     website, trading, market-data\n');
  assert.deepEqual(requests, []);
});

test('mode --json without a name is a document; no mode in force is null', async () => {
  const { deps, seen } = fakeDeps();
  await runMode(deps, options(undefined, { json: true }));
  assert.deepEqual(JSON.parse(seen.stdout), {
    schemaVersion: 1,
    mode: null,
    modes: { minimal: ['trading'], full: ['website', 'trading', 'market-data'] },
  });
});

test('mode exits 1 when a stop failed, though everything else went well', async () => {
  const stops = { website: { kind: 'failed', service: 'website', key: 'website', pid: 9, reason: 'stuck' } } as const;
  assert.equal(await runMode(fakeDeps({ running: ['website'], stops }).deps, options('minimal')), 1);
});

test('mode that is interrupted while it stops starts nothing, and exits 130, or 143 by SIGTERM', async () => {
  for (const [interruptedBy, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const { deps, effects } = fakeDeps({ running: ['website'], interruptedBy });
    assert.equal(await runMode(deps, options('minimal')), exitCode);
    assert.deepEqual(effects, ['mode minimal', 'stop website']);
  }
});

const CRASH: StartOutcome = {
  kind: 'failed',
  service: 'trading',
  key: 'trading',
  code: 'CRASHED',
  reason: 'exited with code 3 before it was ready',
  hint: 'sigctl logs trading',
  exitCode: 3,
  exitSignal: null,
  logTail: [],
};

test('mode --rollback-on-failure stops what it started, starts what it stopped, and the mode from before is in force', async () => {
  const { deps, effects, seen } = fakeDeps({ mode: 'web', running: ['website'], starts: { trading: CRASH } });
  assert.equal(await runMode(deps, options('minimal', { rollback: true })), 1);
  assert.deepEqual(effects, [
    'mode minimal',
    'stop website',
    'start trading market-data',
    'mode web',
    'stop trading market-data',
    'start website',
  ]);
  assert.match(seen.stderr, /Rolled back to mode web:/);
  assert.match(seen.stdout, /✖ trading/);
});

test('mode that failed names the command that goes back, and does not go back by itself', async () => {
  const { deps, effects, seen } = fakeDeps({ mode: 'web', running: ['website'], starts: { trading: CRASH } });
  assert.equal(await runMode(deps, options('minimal')), 1);
  assert.deepEqual(effects, ['mode minimal', 'stop website', 'start trading market-data']);
  assert.match(seen.stderr, /To go back: sigctl mode web/);
});

test('mode --rollback-on-failure --json has what was taken back beside plan and outcomes', async () => {
  const { deps, seen } = fakeDeps({ running: ['website'], starts: { trading: CRASH } });
  assert.equal(await runMode(deps, options('minimal', { rollback: true, json: true })), 1);
  const { rolledBack, ok } = JSON.parse(seen.stdout);
  assert.equal(ok, false);
  assert.deepEqual(
    rolledBack.stopped.map((outcome: { service: string }) => outcome.service),
    ['trading', 'market-data'],
  );
  assert.deepEqual(
    rolledBack.started.map((outcome: { service: string }) => outcome.service),
    ['website'],
  );
});
