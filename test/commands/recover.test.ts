import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RecoverReport, runRecover } from '../../src/commands/recover.js';
import { planRecover, type Supervision, toTakeBack } from '../../src/core/recover-plan.js';

const WELL: Supervision = { daemon: 'answers', watchdog: 'lives', charges: ['a', 'b'], orphans: [], lost: [] };

for (const [seen, steps] of [
  [{}, []],
  [{ daemon: 'gone', watchdog: 'gone' }, ['start-daemon', 'start-watchdog']],
  // Its kernel lock lets one of both win.
  [{ daemon: 'gone' }, ['start-daemon']],
  [{ watchdog: 'gone' }, ['start-watchdog']],
  [{ daemon: 'silent' }, []],
  [{ daemon: 'silent', watchdog: 'stopped' }, ['replace-daemon', 'start-daemon']],
  [{ daemon: 'silent', watchdog: 'gone' }, ['replace-daemon', 'start-daemon', 'start-watchdog']],
  [{ daemon: 'silent', watchdog: 'off' }, ['replace-daemon', 'start-daemon', 'take-back']],
  [{ daemon: 'gone', watchdog: 'off' }, ['start-daemon', 'take-back']],
  [{ watchdog: 'off', orphans: ['a'] }, ['take-back']],
  [{ watchdog: 'off', lost: ['a'] }, []],
  [{ orphans: ['a'] }, []],
  [{ daemon: 'gone', watchdog: 'gone', charges: [] }, []],
] as const) {
  test(`planRecover() of ${JSON.stringify(seen)} is ${steps.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(planRecover({ ...WELL, ...seen }), steps);
  });
}

test('what has no process is started only where PM2 is new: an old one may be about to', () => {
  const seen = { ...WELL, orphans: ['a', 'c'], lost: ['b'] };
  assert.deepEqual(toTakeBack(seen, true), ['b', 'a', 'c']);
  assert.deepEqual(toTakeBack(seen, false), ['a', 'c']);
});

async function run(seen: Supervision, over: Partial<RecoverReport> = {}, check = false) {
  let printed = '';
  const mayRecover = planRecover(seen).length > 0 && !check;
  const report = { did: planRecover(seen), seen: WELL, failed: [], daemonPid: 1, watchdogPid: 2, ...over };
  const exitCode = await runRecover(
    {
      look: async () => ({ ...report, did: [], seen }),
      recover: async () => (mayRecover ? report : assert.fail('the lock was taken for nothing')),
      out: { print: (text) => (printed += text), colour: false, setExitCode: () => assert.fail('by its caller') },
    },
    { config: undefined, waitMs: 0, check, json: true },
  );
  return { exitCode, document: JSON.parse(printed) };
}

test('recover takes no lock where all is well', async () => {
  const { exitCode, document } = await run(WELL);
  assert.deepEqual([exitCode, document.ok, document.did], [0, true, []]);
});

test('recover exits with 1 where nobody watches, or a service did not get ready', async () => {
  const stopped = { ...WELL, watchdog: 'stopped' } as const;
  assert.deepEqual((await run(stopped)).exitCode, 1);
  const failed = await run({ ...WELL, daemon: 'gone', watchdog: 'off' }, { failed: ['a'] });
  assert.deepEqual([failed.exitCode, failed.document.ok, failed.document.failed], [1, false, ['a']]);
  assert.equal((await run({ ...stopped, charges: [] })).exitCode, 0);
});

test('recover --check changes nothing, and exits with 3 where there is something to bring back', async () => {
  const gone = await run({ ...WELL, daemon: 'gone', watchdog: 'gone' }, {}, true);
  assert.deepEqual([gone.exitCode, gone.document.ok, gone.document.did], [3, false, []]);
  assert.deepEqual(gone.document.todo, ['start-daemon', 'start-watchdog']);
  const well = await run(WELL, {}, true);
  assert.deepEqual([well.exitCode, well.document.ok, well.document.todo], [0, true, []]);
});
