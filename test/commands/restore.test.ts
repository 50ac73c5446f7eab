import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RestoreDeps, type RestoreOptions, runRestore } from '../../src/commands/restore.js';
import type { StartOutcome } from '../../src/core/outcome.js';
import type { RestorePlan } from '../../src/core/restore-plan.js';

const PLAN: RestorePlan = {
  ...{ backup: '/srv/backups/app', asOf: '2026-11-22T15:00:00.000Z', sigctlVersion: '0.1.0', manifestDiffers: false },
  ...{ replace: [{ name: 'status.db', bytes: 4096 }], create: [], keep: [] },
};
const OPTIONS: RestoreOptions = {
  ...{ backup: 'app', config: undefined, yes: true, dryRun: false, undo: false, waitMs: 0, json: false },
};

/** Dependencies whose restore ends with these starts, and what was printed. */
function fakeDeps(started: readonly StartOutcome[], confirm?: RestoreDeps['confirm'], by?: 'SIGINT' | 'SIGTERM') {
  const seen = { stdout: '', applied: 0 };
  const deps: RestoreDeps = {
    prepare: async () => ({
      plan: PLAN,
      running: ['web'],
      apply: async () => {
        seen.applied += 1;
        return { result: { stopped: [], started, kept: null }, by };
      },
    }),
    undo: async () => ({ result: [{ backup: 'app', started }], by }),
    newest: async () => undefined,
    confirm,
    out: {
      print: (text) => {
        seen.stdout += text;
      },
      note: () => undefined,
      showProgress: () => ({ report: () => undefined, done: () => undefined }),
      ...{ width: 80, colour: false, setExitCode: () => undefined },
    },
  };
  return { deps, seen };
}

const INTERRUPTED: StartOutcome = { kind: 'interrupted', service: 'web', key: 'web', launched: true };
const READY: StartOutcome = { kind: 'ready', service: 'web', key: 'web', pid: 812, tookMs: 90 };

test('restore that is interrupted while the services start exits with 130, or 143 by SIGTERM; so does --undo', async () => {
  for (const options of [OPTIONS, { ...OPTIONS, backup: undefined, undo: true }]) {
    assert.equal(await runRestore(fakeDeps([INTERRUPTED]).deps, options), 130);
    assert.equal(await runRestore(fakeDeps([INTERRUPTED], undefined, 'SIGTERM').deps, options), 143);
    assert.equal(await runRestore(fakeDeps([READY]).deps, options), 0);
  }
});

test('restore replaces nothing before the question was answered with yes', async () => {
  const refused = fakeDeps([READY], async () => false);
  await assert.rejects(runRestore(refused.deps, { ...OPTIONS, yes: false }), { code: 'NOT_CONFIRMED', exitCode: 1 });
  assert.deepEqual(refused.seen, { stdout: '', applied: 0 });
  const agreed = fakeDeps([READY], async () => true);
  assert.equal(await runRestore(agreed.deps, { ...OPTIONS, yes: false }), 0);
  assert.match(agreed.seen.stdout, /Restored 1 database/);
});
