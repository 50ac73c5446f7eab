import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartCommand, runRestart } from '../../src/commands/restart.js';
import { chooseServices, runStart } from '../../src/commands/start.js';
import { runStop } from '../../src/commands/stop.js';
import type { StartOutcome, StopOutcome } from '../../src/core/outcome.js';
import { serviceSpec, stackOf } from '../stack-literals.js';
import { fakeDeps, parse } from './deps.js';

const options = (services: readonly string[] = [], json = false) => ({
  services,
  config: undefined,
  waitMs: 120_000,
  json,
});

const CRASHED: StartOutcome = {
  kind: 'failed',
  service: 'website',
  key: 'website',
  code: 'CRASHED',
  reason: 'exited with code 3 before it was ready',
  hint: 'sigctl logs website',
  exitCode: 3,
  exitSignal: null,
  logTail: ['no key'],
};
const STUCK: StopOutcome = { kind: 'failed', service: 'website', key: 'website', pid: 9, reason: 'still alive' };
const LEFT: StartOutcome = { kind: 'interrupted', service: 'website', key: 'website', launched: true };
const SKIPPED: StartOutcome = { kind: 'skipped', service: 'trading', key: 'trading', reason: 'needs market-data' };

for (const [verb, run] of Object.entries({ start: runStart, stop: runStop, restart: runRestart })) {
  test(`${verb} refuses an unknown service before any effect, though the others are known`, async () => {
    const { deps, effects, seen } = fakeDeps();
    await assert.rejects(run(deps, options(['website', 'tradng'])), {
      code: 'SERVICE_UNKNOWN',
      exitCode: 2,
      message: 'Cannot find service "tradng"',
      hint: 'Did you mean "trading"? Defined services: website, trading, market-data',
    });
    assert.deepEqual(effects, []);
    assert.equal(seen.stdout, '');
    assert.equal(seen.openViews, 0);
  });

  test(`${verb} refuses names that only look like services of every object`, async () => {
    for (const name of ['constructor', '__proto__', 'toString', '', '*', 'Website']) {
      await assert.rejects(run(fakeDeps().deps, options([name])), { code: 'SERVICE_UNKNOWN' }, name);
    }
  });

  test(`${verb} takes its progress away when the session fails`, async () => {
    const { deps, seen } = fakeDeps();
    const failing = { ...deps, withSession: () => Promise.reject(new Error('no lock')) };
    await assert.rejects(run(failing, options()), /no lock/);
    assert.equal(seen.openViews, 0);
  });

  test(`${verb} tells the one who waits for it what was typed, and waits as long as it was told`, async () => {
    const { deps, requests } = fakeDeps();
    await run(deps, { ...options(['website', 'trading']), waitMs: 7, config: 'm.cjs' });
    const [request] = requests;
    assert.equal(request?.command, `${verb} website trading`);
    assert.equal(request?.waitMs, 7);
    assert.equal(request?.config, 'm.cjs');
  });
}

test('start begins what is named and what it needs, each once, in manifest order', async () => {
  const { deps, effects, seen } = fakeDeps();
  assert.equal(await runStart(deps, options(['trading', 'website', 'trading'])), 0);
  assert.deepEqual(effects, ['start website trading market-data']);
  assert.equal(seen.openViews, 0);
});

test('start and restart without names take the mode in force with what it needs, or all without one', async () => {
  for (const [mode, expected] of [
    ['minimal', 'trading market-data'],
    ['full', 'website trading market-data'],
    ['gone', 'website trading market-data'],
    [undefined, 'website trading market-data'],
  ] as const) {
    const fake = mode === undefined ? {} : { mode };
    const [start, restart] = [fakeDeps(fake), fakeDeps(fake)];
    await runStart(start.deps, options());
    await runRestart(restart.deps, options());
    assert.deepEqual([...start.effects, ...restart.effects], [`start ${expected}`, `restart ${expected} and watchdog`]);
  }
});

test('restart touches what is named and nothing that it needs', async () => {
  const { deps, effects } = fakeDeps({ mode: 'minimal' });
  await runRestart(deps, options(['trading']));
  assert.deepEqual(effects, ['restart trading']);
});

test('stop without names stops everything, whatever the mode', async () => {
  const { deps, effects } = fakeDeps({ mode: 'minimal' });
  assert.equal(await runStop(deps, options()), 0);
  assert.deepEqual(effects, ['stop website trading market-data']);
});

test('start exits 1 when one failed or was left out, 130 when it was interrupted, 143 by SIGTERM, 0 else', async () => {
  const code = async (starts: Readonly<Record<string, StartOutcome>>, interruptedBy?: 'SIGINT' | 'SIGTERM') =>
    runStart(fakeDeps({ starts, ...(interruptedBy && { interruptedBy }) }).deps, options());
  assert.equal(await code({}), 0);
  assert.equal(await code({ website: { kind: 'kept', service: 'website', key: 'website', pid: 1, note: 'x' } }), 0);
  assert.equal(await code({ website: CRASHED }), 1);
  assert.equal(await code({ trading: SKIPPED }), 1);
  assert.equal(await code({ website: LEFT }), 130);
  assert.equal(await code({ website: LEFT }, 'SIGINT'), 130);
  assert.equal(await code({ website: LEFT }, 'SIGTERM'), 143);
  assert.equal(await code({}, 'SIGTERM'), 0);
  assert.equal(await code({ website: LEFT, trading: SKIPPED }), 1);
});

test('stop exits 1 when one could not be stopped; stopping what is stopped is no error', async () => {
  const already: StopOutcome = { kind: 'already', service: 'website', key: 'website' };
  assert.equal(await runStop(fakeDeps({ stops: { website: already } }).deps, options()), 0);
  assert.equal(await runStop(fakeDeps({ stops: { website: STUCK } }).deps, options()), 1);
});

test('restart exits 1 when one could not be stopped or started, 130 when it was interrupted, 143 by SIGTERM', async () => {
  const stuck = fakeDeps({ stops: { website: STUCK } });
  assert.equal(await runRestart(stuck.deps, options(['website'])), 1);
  assert.match(stuck.seen.stdout, /✖ website {2}still alive/);
  assert.equal(await runRestart(fakeDeps({ starts: { website: CRASHED } }).deps, options()), 1);
  assert.equal(await runRestart(fakeDeps({ starts: { website: LEFT } }).deps, options()), 130);
  const ended = fakeDeps({ starts: { website: LEFT }, interruptedBy: 'SIGTERM' });
  assert.equal(await runRestart(ended.deps, options()), 143);
});

test('--json of start and stop is one document: version, outcomes, ok', async () => {
  const started = fakeDeps({ starts: { website: CRASHED } });
  await runStart(started.deps, options(['website'], true));
  assert.deepEqual(JSON.parse(started.seen.stdout), { schemaVersion: 1, outcomes: [CRASHED], ok: false });
  const stopped = fakeDeps();
  await runStop(stopped.deps, options(['website'], true));
  assert.deepEqual(JSON.parse(stopped.seen.stdout), {
    schemaVersion: 1,
    outcomes: [{ kind: 'stopped', service: 'website', key: 'website', pid: 100, tookMs: 120, forced: false }],
    ok: true,
  });
});

test('--json of restart has both halves', async () => {
  const { deps, seen } = fakeDeps({ stops: { website: STUCK } });
  await runRestart(deps, options(['website'], true));
  const document = JSON.parse(seen.stdout);
  assert.deepEqual(Object.keys(document), ['schemaVersion', 'stopped', 'started', 'ok']);
  assert.deepEqual(document.stopped, [STUCK]);
  assert.equal(document.ok, false);
});

test('results go to stdout and nothing to stderr', async () => {
  const { deps, seen } = fakeDeps();
  await parse(restartCommand(deps), ['restart', 'website']);
  assert.equal(seen.stdout, '✔ website  ready in 1.2s (pid 100)\n');
  assert.equal(seen.stderr, '');
  assert.equal(seen.exitCode, 0);
});

test('start --only starts the named service without what it needs; --with-deps what it only starts after, too', async () => {
  const only = fakeDeps();
  await runStart(only.deps, { ...options(['trading']), flags: { only: true } });
  assert.deepEqual(only.effects, ['start trading']);
  const session = {
    mode: undefined,
    stack: stackOf([serviceSpec('a', { after: ['b'] }), serviceSpec('b', { needs: ['c'] }), serviceSpec('c')]),
  };
  assert.deepEqual(chooseServices(session, ['a']), ['a']);
  assert.deepEqual(chooseServices(session, ['a'], 'deps'), ['a', 'b', 'c']);
});

test('restart --changed restarts only what runs with an older manifest entry, and says so when there is none', async () => {
  const some = fakeDeps({ changed: ['website'] });
  await runRestart(some.deps, { ...options(), flags: { changed: true } });
  assert.deepEqual(some.effects, ['restart website']);
  const none = fakeDeps();
  assert.equal(await runRestart(none.deps, { ...options(['trading']), flags: { changed: true } }), 0);
  assert.deepEqual(none.effects, ['restart ']);
  assert.equal(none.seen.stdout, 'Nothing changed: no service was restarted\n');
});

test('restart of everything restarts the watchdog, restart of a service or of what changed does not', async () => {
  for (const [services, flags, watchdog] of [
    [[], {}, true],
    [['website'], {}, false],
    [[], { changed: true }, false],
  ] as const) {
    const { deps, effects } = fakeDeps({ mode: 'minimal' });
    await runRestart(deps, { services, flags, config: undefined, waitMs: 0, json: false });
    assert.equal(
      effects.some((effect) => effect.endsWith('and watchdog')),
      watchdog,
    );
  }
});
