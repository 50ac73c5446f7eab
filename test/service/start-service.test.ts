import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, run, tempFolder } from './rig.js';
import { serviceRigs } from './service-rig.js';

const { rig, program } = serviceRigs('collector', 'steady');

/** The kernel's start time of a process, read independently of the kit. */
function kernelStart(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')')).split(' ')[20];
}

test('a service begins its log with a plain banner, and goes on in JSON lines', async (t) => {
  const { start } = rig(t);
  const steady = start('steady');
  await steady.printed(/ready/);
  const [title, feed, market, state = ''] = steady.output().split('\n');
  assert.equal(title, `▲ steady  v1.2.3 · mode standard · pid ${steady.pid}`);
  assert.deepEqual([feed, market], ['  feed    sim:42', '  market  XBTUSD']);
  const { level, service, instance, pid, msg } = JSON.parse(state);
  assert.deepEqual([level, service, instance, pid, msg], [30, 'steady', '0', steady.pid, 'ready']);
});

test('a service keeps its row: identity, state, heartbeat with measurements, and progress', async (t) => {
  const { start, row, works } = rig(t);
  const steady = start('steady');
  await steady.printed(/ready/);
  await works('steady');
  const { state, pid, mode, version, heartbeatEveryMs, progressName, progressWithinMs, generation } = row('steady');
  assert.deepEqual([state, pid, mode, version, generation], ['running', steady.pid, 'standard', '1.2.3', 1]);
  assert.deepEqual([heartbeatEveryMs, progressName, progressWithinMs], [50, 'cycle', 90_000]);
  await eventually(() => row('steady').loopLagMs !== null, 'a measurement');
  assert.ok((row('steady').rssBytes ?? 0) > 10_000_000);
  if (existsSync('/proc/self/stat')) assert.equal(row('steady').startToken, kernelStart(steady.pid));
});

test('outside of sigctl a service runs all the same, says so, and writes no table', async (t) => {
  const cwd = tempFolder(t);
  const steady = run(t, [process.execPath, program('steady')], { env: {}, cwd });
  await steady.printed(/outside of sigctl/);
  await steady.printed(/cycle 3/);
  steady.child.kill('SIGINT');
  assert.deepEqual(await steady.exit, { code: 0, signal: null });
  assert.equal(existsSync(join(cwd, '.sigctl')), false);
});

test('LOG_LEVEL sets the level, and an unknown one counts as info and is reported', async (t) => {
  const { start, works } = rig(t);
  const quiet = start('steady', { LOG_LEVEL: 'error' });
  await quiet.printed(/cycle 3/);
  assert.doesNotMatch(quiet.output(), /"level":30/);
  const wrong = start('steady', { LOG_LEVEL: 'loud', SIGCTL_SERVICE: 'wrong' });
  await wrong.printed(/"level":40.*LOG_LEVEL is \\"loud\\": using \\"info\\"/);
  await works('wrong');
});

test('a process whose row is claimed by a newer one stops itself with exit code 76 and changes nothing more', async (t) => {
  const { start, row } = rig(t);
  const first = start('steady');
  await first.printed(/ready/);
  const second = start('steady');
  assert.deepEqual(await first.exit, { code: 76, signal: null });
  assert.match(first.output(), /another process has claimed this service/);
  assert.match(first.output(), /first hook, runs last/);
  await second.printed(/ready/);
  assert.deepEqual([row('steady').pid, row('steady').state, row('steady').reason], [second.pid, 'running', null]);
});

test('a lease passes on when its holder stops, and when its holder is killed, each time in a new generation', async (t) => {
  const { start } = rig(t);
  const collectors = ['1', '2', '3'].map((instance) => start('collector', { SIGCTL_INSTANCE: instance }));
  const holder = async (generation: number) => {
    const held = new RegExp(`held in generation ${generation}"`);
    const find = () => collectors.find((collector) => held.test(collector.output()));
    await eventually(() => find() !== undefined, `a holder of generation ${generation}`);
    const found = find();
    assert.ok(found !== undefined);
    return found;
  };
  const first = await holder(1);
  first.child.kill('SIGTERM');
  assert.deepEqual(await first.exit, { code: 0, signal: null });
  const second = await holder(2);
  second.child.kill('SIGKILL');
  const third = await holder(3);
  assert.equal(new Set([first, second, third]).size, 3);
});

test('a holder that was paused beyond the expiry of its lease learns that it has lost it', async (t) => {
  const { start } = rig(t);
  const first = start('collector', { SIGCTL_INSTANCE: '1' });
  await first.printed(/held in generation 1"/);
  first.child.kill('SIGSTOP');
  const second = start('collector', { SIGCTL_INSTANCE: '2' });
  await second.printed(/held in generation 2"/);
  first.child.kill('SIGCONT');
  await first.printed(/"msg":"lost"/);
});
