import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceReport } from '../../src/core/service-report.js';
import { openStatusDb } from '../../src/store/open.js';
import { readStatusesAsWritten } from '../../src/store/service-status.js';
import { kill, REPO, type Rig, startRig, until } from './rig.js';
import { events, watchedApp, watching } from './watched.js';

const HOUR_MS = 3_600_000;
const SHIFTED_CLOCK = join(REPO, 'test/fixtures/watchdog/shifted-clock.cjs');

const RULES = { ready: { heartbeat: true, within: '30s' }, health: { heartbeat: '5s', on_stale: 'restart' } };

/** How many pieces of work a service has finished. */
function workOf(rig: Rig, service: string): number {
  const db = openStatusDb(join(rig.home, 'status.db'), { readonly: true });
  try {
    return readStatusesAsWritten(db).find((row) => row.service === service)?.progressSeq ?? 0;
  } finally {
    db.close();
  }
}

/** Waits until it has finished so many more. */
async function moreWork(rig: Rig, service: string, count: number): Promise<void> {
  const from = workOf(rig, service);
  await until(() => workOf(rig, service) >= from + count);
}

function assertUntouched(rig: Rig, pids: Readonly<Record<string, number>>): void {
  for (const [service, pid] of Object.entries(pids)) {
    assert.equal(rig.pid(service), pid);
    assert.deepEqual(
      events(rig, service).filter(({ kind }) => kind === 'exit' || kind === 'snapshot'),
      [],
    );
  }
  assert.doesNotMatch(rig.log('watchdog'), /"to":"(?:hung|stale|down)"/);
}

test('a freeze of everything, as long as every limit, restarts nothing, whoever wakes up first', async (t) => {
  const rig = await startRig(t, { apps: [watchedApp('works', 'works.mjs', { args: ['1000'], sigctl: RULES })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
  const pids = [rig.pid('watchdog'), rig.pid('pm2'), rig.pid('works')];
  for (const order of [pids, pids.toReversed()]) {
    await moreWork(rig, 'works', 1);
    // The watchdog has seen that: nothing is new when it looks again after the freeze.
    await sleep(700);
    for (const pid of pids) kill(pid, 'SIGSTOP');
    await sleep(5_000);
    for (const pid of order) {
      kill(pid, 'SIGCONT');
      // The first one looks around before the others are there.
      await sleep(100);
    }
    await moreWork(rig, 'works', 1);
    assertUntouched(rig, { works: rig.pid('works') });
  }
  await until(async () => (await rig.report('works')).verdict === 'healthy');
  assert.deepEqual([rig.pid('watchdog'), rig.pid('pm2'), rig.pid('works')], pids);
});

/** Sets the clock of everything that was started with it, and waits until the watchdog has noticed. */
async function setClock(rig: Rig, shiftMs: number): Promise<void> {
  const steps = () => events(rig, 'stack').filter(({ kind }) => kind === 'clock-step').length;
  const before = steps();
  const file = join(rig.home, 'clock-shift');
  writeFileSync(`${file}.new`, String(shiftMs));
  renameSync(`${file}.new`, file);
  await until(() => steps() > before);
}

/** The watchdog is started anew behind the same launcher, with the clock that can be set. */
async function shiftWatchdog(rig: Rig): Promise<void> {
  const file = join(rig.home, 'run/watchdog.launch');
  const launch = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    launch.replace(/^set -- '[^']+'/m, (node) => `${node} -r '${SHIFTED_CLOCK}'`),
  );
  kill(rig.pid('watchdog'));
  await until(() => rig.log('watchdog').split('"watches"').length === 3);
}

async function shiftedReports(rig: Rig): Promise<readonly ServiceReport[]> {
  const env = { NODE_OPTIONS: `--require ${SHIFTED_CLOCK}`, SIGCTL_HOME: rig.home };
  return JSON.parse((await rig.sigctl(['status', '--json'], { env })).stdout).services;
}

test('a clock that jumps by hours restarts nothing and hides nothing: status tells true ages at once', async (t) => {
  const shifted = { node_args: ['-r', SHIFTED_CLOCK] };
  const rig = await startRig(t, {
    apps: [
      watchedApp('works', 'works.mjs', { ...shifted, sigctl: RULES }),
      // Its work of this hour was finished before the clock is set.
      watchedApp('hourly', 'hourly.mjs', { ...shifted, sigctl: RULES }),
      watchedApp('silent', 'hourly.mjs', {
        ...shifted,
        sigctl: { ...RULES, health: { ...RULES.health, on_hung: 'alert' } },
      }),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
  await shiftWatchdog(rig);
  await moreWork(rig, 'works', 5);
  const services = { works: rig.pid('works'), hourly: rig.pid('hourly'), silent: rig.pid('silent') };
  for (const shiftMs of [3 * HOUR_MS, 0, -3 * HOUR_MS, 0]) {
    await setClock(rig, shiftMs);
    const reports = await shiftedReports(rig);
    assert.deepEqual(
      reports.map(({ verdict }) => verdict),
      ['healthy', 'healthy', 'healthy'],
    );
    const ages = reports.flatMap(({ heartbeatAgeMs, progressAgeMs }) => [heartbeatAgeMs ?? -1, progressAgeMs ?? -1]);
    assert.ok(ages.every((ageMs) => ageMs >= 0 && ageMs < HOUR_MS));
    await moreWork(rig, 'works', 5);
    assertUntouched(rig, services);
  }
  kill(services.silent, 'SIGSTOP');
  // Its last heartbeat is now of the future.
  await setClock(rig, -3 * HOUR_MS);
  await until(async () => (await shiftedReports(rig)).at(-1)?.verdict === 'hung');
  kill(services.silent, 'SIGCONT');
  await until(async () => (await shiftedReports(rig)).every(({ verdict }) => verdict === 'healthy'));
  assert.equal(rig.pid('silent'), services.silent);
});
