import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runReload } from '../../src/commands/reload.js';
import { fakeDeps } from './deps.js';

const options = (services: readonly string[], rest: object = {}) => ({
  services,
  config: undefined,
  waitMs: 0,
  json: false,
  ...rest,
});
const OR_RESTART = { flags: { orRestart: true } };

test('reload names every service that cannot, before it does anything to one that can', async () => {
  const { deps, effects } = fakeDeps({ running: ['website', 'trading'], reloadable: ['website'] });
  await assert.rejects(runReload(deps, options(['website', 'trading', 'market-data'])), {
    code: 'RELOAD_UNSUPPORTED',
    exitCode: 1,
    hint: 'sigctl restart trading; sigctl start market-data',
  });
  assert.deepEqual(effects, []);
});

test('reload --or-restart takes all that runs, and the watchdog', async () => {
  const { deps, effects, seen } = fakeDeps({ running: ['website', 'trading'], reloadable: ['website'] });
  assert.equal(await runReload(deps, options([], OR_RESTART)), 0);
  assert.deepEqual(effects, ['signal website, restart trading and watchdog']);
  assert.match(seen.stdout, /✔ website {2}reloaded in 700ms/);
});

test('reload without a name is refused, and with nothing that runs it succeeds', async () => {
  const { deps, effects, seen } = fakeDeps({});
  await assert.rejects(runReload(deps, options([])), { code: 'ARGUMENT_MISSING', exitCode: 2 });
  assert.equal(await runReload(deps, options([], OR_RESTART)), 0);
  assert.deepEqual(effects, []);
  assert.match(seen.stdout, /Nothing runs/);
});

test('a reload that failed exits with 1, and shows the last lines and what to type', async () => {
  const failed = {
    kind: 'failed',
    service: 'website',
    how: 'signal',
    reason: 'sick',
    hint: 'sigctl logs website',
  } as const;
  const fake = { running: ['website'], reloadable: ['website'] };
  const { deps, seen } = fakeDeps({ ...fake, reloads: { website: { ...failed, logTail: ['it says why'] } } });
  assert.equal(await runReload(deps, options(['website'])), 1);
  assert.match(seen.stdout, /✖ website {2}sick\n {4}│ it says why\n {4}next: sigctl logs website/);
});

test('a reload that is interrupted exits with 130, or 143 by SIGTERM', async () => {
  const fake = { running: ['website'], reloadable: ['website'] };
  const left = { kind: 'interrupted', service: 'website' } as const;
  const { deps } = fakeDeps({ ...fake, reloads: { website: left } });
  assert.equal(await runReload(deps, options(['website'])), 130);
  const ended = fakeDeps({ ...fake, reloads: { website: left }, interruptedBy: 'SIGTERM' });
  assert.equal(await runReload(ended.deps, options(['website'])), 143);
});
