import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ExitStory } from '../../src/core/exit-story.js';
import type { ServiceEvent } from '../../src/core/service-event.js';
import { openStatusDb } from '../../src/store/open.js';
import { isPidAlive } from './alive.js';
import { app, kill, type Rig, startRig, until } from './rig.js';

/** No watchdog: what `why` tells must not need one. */
const ALONE = { sigctl: { watchdog: false } };
const ONCE = { autorestart: false };

async function why(rig: Rig, key: string): Promise<ExitStory> {
  const run = await rig.sigctl(['why', key, '--json']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  const { stories } = JSON.parse(run.stdout) as { stories: ExitStory[] };
  assert.equal(stories.length, 1);
  return stories[0] as ExitStory;
}

async function text(rig: Rig, key: string): Promise<string> {
  return (await rig.sigctl(['why', key])).stdout;
}

async function history(rig: Rig, ...args: readonly string[]): Promise<readonly ServiceEvent[]> {
  const run = await rig.sigctl(['history', ...args, '--json']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  return (JSON.parse(run.stdout) as { events: ServiceEvent[] }).events;
}

async function listenSomewhere(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('why names what a service died of by itself: its code, a fault, a full heap, a taken port, something that it needs', async (t) => {
  const port = await listenSomewhere(t);
  const rig = await startRig(t, {
    apps: [
      app('coded', 'crashes-at-once.mjs', ONCE),
      app('faulty', 'ends-as-told.mjs', { ...ONCE, env: { END: 'SIGSEGV' } }),
      app('full', 'fills-heap.mjs', { ...ONCE, env: { NODE_OPTIONS: '--max-old-space-size=16' } }),
      app('late', 'listens-on.mjs', { ...ONCE, env: { LISTEN_ON: port } }),
      app('web', 'listens.mjs', { ...ONCE, env: { PORT: port } }),
      app('top', 'idle.mjs', { sigctl: { needs: ['coded'] } }),
    ],
    ...ALONE,
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 1);
  await until(async () => (await history(rig, '--kind', 'exit')).length === 4);

  const coded = await why(rig, 'coded');
  assert.deepEqual([coded.kind, coded.cause, coded.actor], ['exited', 'crash', 'service']);
  assert.match(coded.what, /^coded exited with code 3, .* ago$/);
  assert.equal(coded.said, 'cannot open the vault: no key');
  assert.deepEqual(coded.event?.logTail, ['cannot open the vault: no key']);
  assert.match(coded.facts ?? '', /sigctl \d.* · manifest as now/);
  assert.match(coded.sequel, /^not restarted \(down/);
  assert.equal(coded.next, 'sigctl start coded');

  const faulty = await why(rig, 'faulty');
  assert.deepEqual([faulty.cause, faulty.event?.exitSignal, faulty.event?.exitCode], ['signal', 'SIGSEGV', null]);
  assert.match(faulty.reason ?? '', /died of SIGSEGV/);

  const full = await why(rig, 'full');
  assert.deepEqual([full.cause, full.actor], ['heap-limit', 'service']);
  assert.match(full.reason ?? '', /heap limit of 16 MB/);
  assert.match(full.said ?? '', /heap out of memory/);

  const late = await why(rig, 'late');
  assert.equal(late.cause, 'port-taken');
  assert.match(late.reason ?? '', new RegExp(`port ${port} is taken by pid ${process.pid} \\(`));
  assert.match(late.said ?? '', /EADDRINUSE/);

  const web = await why(rig, 'web');
  assert.deepEqual([web.kind, web.cause], ['not-started', 'port-taken']);
  assert.match(web.reason ?? '', new RegExp(`port ${port} is held by pid ${process.pid} \\(`));

  const top = await why(rig, 'top');
  assert.deepEqual([top.kind, top.cause], ['not-started', 'dependency']);
  assert.match(
    await text(rig, 'top'),
    /top could not be started, .*\n {2}cause dependency, by .*needs coded, which did not start/,
  );
});

test('why names the operator, the command and the change of mode that ended a service', async (t) => {
  const rig = await startRig(t, {
    apps: [app('a', 'idle.mjs'), app('b', 'idle.mjs'), app('c', 'ignores-signals.mjs', { kill_timeout: 500 })],
    sigctl: { watchdog: false, modes: { small: ['b'] } },
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [a, c] = [rig.pid('a'), rig.pid('c')];
  assert.equal((await rig.sigctl(['restart', 'a'], { env: { SIGCTL_ACTOR: 'website ann' } })).exitCode, 0);
  const restarted = await why(rig, 'a');
  assert.deepEqual([restarted.cause, restarted.actor, restarted.event?.pid], ['operator', 'website ann', a]);
  assert.match(restarted.reason ?? '', /^restarted by website ann \("sigctl restart a"\)$/);
  assert.match(restarted.sequel, new RegExp(`^started by website ann .* later as pid ${rig.pid('a')}; now healthy`));
  assert.equal(restarted.next, null);

  assert.equal((await rig.sigctl(['mode', 'small'])).exitCode, 0);
  const moded = await why(rig, 'a');
  assert.equal(moded.cause, 'mode');
  assert.match(moded.reason ?? '', /^stopped by operator \w+ with a change of mode \("sigctl mode small"\)$/);
  const killed = await why(rig, 'c');
  assert.deepEqual([killed.cause, killed.event?.pid, killed.event?.exitSignal], ['mode', c, 'SIGKILL']);
  assert.match(killed.reason ?? '', /did not end within 500ms of the first signal and was killed/);

  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  const stopped = await why(rig, 'b');
  assert.equal(stopped.cause, 'operator');
  assert.match(await text(rig, 'b'), /cause operator, by operator \w+: stopped by operator \w+ \("sigctl stop"\)/);
  assert.match(stopped.sequel, /nobody has asked for it since/);
  assert.equal((await why(rig, 'pm2')).cause, 'operator');
});

test('why tells of a death from outside that the service was restarted, after how long and as whom', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...ALONE });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const first = rig.pid('a');
  kill(first, 'SIGKILL');
  await until(() => rig.pid('a') !== first && isPidAlive(rig.pid('a')));
  const story = await why(rig, 'a');
  assert.deepEqual([story.cause, story.actor, story.event?.pid], ['signal', 'unknown', first]);
  assert.match(story.reason ?? '', /killed by SIGKILL, and nobody of sigctl did it/);
  assert.match(story.sequel, new RegExp(`^restarted .* later as pid ${rig.pid('a')}; now healthy, up`));
  const [start] = (await history(rig, 'a', '--kind', 'start')).slice(-1);
  assert.deepEqual(
    [start?.cause, start?.actor, start?.detail?.['reason']],
    ['signal', 'pm2', 'restarted by pm2 after signal'],
  );
});

test("why tells PM2's death from a reboot of the machine", async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs'), app('b', 'idle.mjs')], ...ALONE });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [a, b, daemon] = [rig.pid('a'), rig.pid('b'), rig.pid('pm2')];
  for (const pid of [daemon, a, b]) {
    kill(pid);
    await until(() => !isPidAlive(pid));
  }
  moveToEarlierBoot(rig, 'b');
  const orphan = await why(rig, 'a');
  assert.deepEqual(
    [orphan.cause, orphan.actor, orphan.event?.exitCode, orphan.event?.exitSignal],
    ['pm2-death', 'pm2', null, null],
  );
  assert.match(
    await text(rig, 'a'),
    /a was found gone, .*\n {2}cause pm2-death, by pm2: it ended while PM2's daemon, its\n? *parent, was dead/,
  );
  const rebooted = await why(rig, 'b');
  assert.deepEqual([rebooted.cause, rebooted.actor], ['reboot', 'machine']);
  assert.match(rebooted.what, /^b ended with the machine/);
  assert.equal(rebooted.next, 'sigctl start b');
  assert.equal((await why(rig, 'pm2')).cause, 'pm2-death');
  assert.equal((await history(rig, 'a', 'b', '--kind', 'exit')).length, 2);
});

/** As after a reboot: what the launcher wrote and what was recorded is of a boot that is over. */
function moveToEarlierBoot(rig: Rig, key: string): void {
  const lock = join(rig.home, 'run', `${key}.lock`);
  const [pid, token, , ...rest] = readFileSync(lock, 'utf8').trim().split(' ');
  const boot = '00000000-0000-4000-8000-000000000000';
  writeFileSync(lock, `${[pid, token, boot, ...rest].join(' ')}\n`);
  const db = openStatusDb(join(rig.home, 'status.db'));
  db.prepare('UPDATE service_processes SET boot_id = ? WHERE key = ?').run(boot, key);
  db.close();
}

test('why is right about a service that never ran, one that never exited, one process of several, and no such service', async (t) => {
  const rig = await startRig(t, {
    apps: [app('web', 'idle.mjs', { instances: 2 }), app('other', 'idle.mjs')],
    ...ALONE,
  });
  assert.match(
    await text(rig, 'other'),
    /^other has never run here, as far as the record goes\n.*\n +→ sigctl start other\n$/,
  );
  assert.equal((await rig.sigctl(['start', 'web'])).exitCode, 0);
  assert.match(await text(rig, 'web-0'), /^web-0 has not exited since its start .* ago by operator \w+ \(/);
  kill(rig.pid('web-1'), 'SIGTERM');
  await until(async () => (await why(rig, 'web-1')).kind === 'exited');
  assert.equal((await why(rig, 'web-0')).kind, 'running');
  const both = await text(rig, 'web');
  assert.match(both, /^web-0 has not exited [\s\S]*\n\nweb-1 (was ended by SIGTERM|exited with code)/);
  const unknown = await rig.sigctl(['why', 'wbe']);
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /Did you mean "web"\?/);
});

test('history narrows by service, kind and time, and refuses what it does not know', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs'), app('b', 'idle.mjs')], ...ALONE });
  assert.equal((await rig.sigctl(['history'])).stdout, 'No events\n');
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.sigctl(['restart', 'a'])).exitCode, 0);
  const kinds = (events: readonly ServiceEvent[]) => events.map(({ kind }) => kind);
  assert.deepEqual(kinds(await history(rig, 'a')), ['start', 'ready', 'exit', 'start', 'ready']);
  assert.deepEqual(kinds(await history(rig, 'a', 'b', '--kind', 'exit,start')), ['start', 'start', 'exit', 'start']);
  assert.deepEqual(kinds(await history(rig, 'a', '-n', '1')), ['ready']);
  assert.deepEqual(await history(rig, '--until', '1h'), []);
  assert.equal((await history(rig, 'b', '--since', '1h')).length, 2);
  for (const args of [['--since', 'soon'], ['--kind', 'exti'], ['c'], ['-n', 'many']]) {
    assert.equal((await rig.sigctl(['history', ...args])).exitCode, 2);
  }
});

test('the watchdog puts an exit on record while nobody types anything, and no secret gets there', async (t) => {
  const rig = await startRig(t, {
    apps: [app('a', 'prints-a-secret.mjs', { env: { API_TOKEN: 'tell-nobody-else' } })],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const first = rig.pid('a');
  kill(first, 'SIGKILL');
  const db = openStatusDb(join(rig.home, 'status.db'), { readonly: true });
  t.after(() => db.close());
  const exits = db.prepare(
    "SELECT pid, log_tail_json AS tail FROM service_events WHERE kind = 'exit' AND service = 'a'",
  );
  await until(() => exits.all().length === 1);
  assert.deepEqual(exits.get(), { pid: first, tail: '["my token is *****"]' });
});
