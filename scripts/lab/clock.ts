import assert from 'node:assert/strict';
import type { ServiceReport } from '../../src/core/service-report.js';
import { type Lab, PROGRAMS, PROJECT } from './lab.js';
import { REPO } from './machine.js';

/** Above what a beat of one second needs on a machine this slow, and far under every jump. */
const LIMIT_S = 15;
const MAX_AGE_MS = LIMIT_S * 1_000;
const HANG_S = 600;

const beating = (name: string, program: Readonly<Record<string, string>>) => ({
  name,
  ...program,
  cwd: `${PROJECT}/${name}`,
  sigctl: {
    ready: { heartbeat: true, within: '60s' },
    // What hangs is to be seen here, and what does not would be restarted.
    health: { heartbeat: `${LIMIT_S}s`, on_hung: name === 'hangs' ? 'alert' : 'restart', on_stale: 'restart' },
  },
});

/** Two on the kit, and one in another language that knows nothing of clocks. */
export const BEATING = {
  apps: [
    beating('works', { script: `${PROGRAMS}/beats.mjs` }),
    beating('hangs', { script: `${PROGRAMS}/beats.mjs` }),
    beating('python', { script: `${REPO}/test/fixtures/services/heartbeat.py`, interpreter: 'python3' }),
  ],
  sigctl: { name: 'lab', modes: { all: '*' } },
};

/** The clock of a machine is set while services run, ahead and back, by hours, with a watchdog that sees it and one that does not yet. */
export async function showClock(lab: Lab): Promise<void> {
  const pids = await startBeating(lab);
  for (const [hours, held] of [
    ['+5', false],
    ['-9', false],
    ['+30', true],
    ['-30', true],
  ] as const) {
    await jump(lab, hours, held);
    await assertAllWork(lab, pids);
  }

  // Its event loop stands still, and its last heartbeat lies in the future then.
  await lab.sh(`echo ${HANG_S} >${PROJECT}/hangs/hang`);
  await lab.until(
    'it hangs',
    () => lab.run(`grep -c hanging ${PROJECT}/logs/hangs.log`),
    ({ exitCode }) => exitCode === 0,
  );
  await jump(lab, '-3', false);
  const hung = await lab.until(
    'it is seen',
    () => lab.report('hangs'),
    ({ verdict }) => verdict === 'hung',
  );
  assert.ok((hung.heartbeatAgeMs ?? 0) > MAX_AGE_MS && (hung.heartbeatAgeMs ?? 0) < 600_000);
  await jump(lab, '+3', true);
  assert.equal((await lab.report('hangs')).verdict, 'hung');
  await lab.sigctl('status');

  await lab.sigctl('history stack');
  const { events } = JSON.parse(await lab.sigctl('history --json')) as { events: { service: string; kind: string }[] };
  assert.equal(events.filter(({ kind }) => kind === 'clock-step').length, 6);
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'exit'),
    [],
    'nobody was restarted',
  );
  await lab.sigctl('restart hangs');
  assert.equal((await lab.report('hangs')).verdict, 'healthy');
  await lab.sigctl('stop');
}

/** @returns The pids, by service. */
export async function startBeating(lab: Lab): Promise<Readonly<Record<string, number>>> {
  await lab.sh(`mkdir -p ${BEATING.apps.map(({ cwd }) => cwd).join(' ')}`);
  await lab.writeProject(BEATING);
  await lab.sigctl('start');
  await assertAllWork(lab, {});
  return Object.fromEntries((await lab.reports()).map(({ service, pid }) => [service, pid ?? 0]));
}

/** Sets the clock, and asks in the same breath. @param held The watchdog does not get to see it first. */
async function jump(lab: Lab, hours: string, held: boolean): Promise<void> {
  const watchdog = await lab.pid('watchdog');
  if (held) await lab.sh(`kill -STOP ${watchdog}`);
  const now = (await lab.sh(`date -s '${hours} hours'`)).trim();
  const reports = await lab.reports();
  const words = reports.map(
    ({ service, verdict, heartbeatAgeMs }) => `${service} ${verdict}, last heartbeat ${heartbeatAgeMs} ms ago`,
  );
  lab.tell(
    `# date -s '${hours} hours'${held ? ' (the watchdog is stopped)' : ''}: ${now}\n    ${words.join('\n    ')}`,
  );
  for (const report of reports) if (report.service !== 'hangs') assertWorks(report);
  if (held) await lab.sh(`kill -CONT ${watchdog}`);
}

/** For longer than each limit, and as the same processes. */
export async function assertAllWork(lab: Lab, pids: Readonly<Record<string, number>>): Promise<void> {
  for (let seen = 0; seen < 5; seen += 1) {
    const reports = await lab.reports();
    for (const report of reports) {
      assertWorks(report);
      if (pids[report.service] !== undefined) assert.equal(report.pid, pids[report.service]);
    }
  }
}

function assertWorks({ service, verdict, reason, heartbeatAgeMs, progressAgeMs, restarts }: ServiceReport): void {
  assert.equal(verdict, 'healthy', `${service}: ${reason}`);
  for (const ageMs of [heartbeatAgeMs, progressAgeMs]) {
    assert.ok(ageMs !== null && ageMs >= -1_000 && ageMs < MAX_AGE_MS, `${service}: ${ageMs} ms`);
  }
  assert.equal(restarts, 0);
}
