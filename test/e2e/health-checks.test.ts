import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { identify } from '../../src/process/identity.js';
import { readEvents } from '../../src/store/events.js';
import { openStatusDb } from '../../src/store/open.js';
import { isPidAlive } from './alive.js';
import { freePort } from './free-port.js';
import { app, type Rig, startRig, until } from './rig.js';

const OFTEN = { every: '200ms', timeout: '5s', failures: 2 };

/** A server whose answer the test sets, asked at `/<kind>`. */
async function server(name: string, kind: 'liveness' | 'readiness', rest: Record<string, unknown> = {}) {
  const port = await freePort();
  return app(name, 'health-from-file.mjs', {
    env: { PORT: String(port) },
    sigctl: { port, ready: { tcp: port }, health: { [kind]: { http: `/${kind}`, ...OFTEN }, ...rest } },
  });
}

function setHealth(rig: Rig, name: string, status: number): void {
  writeFileSync(join(rig.root, `${name}.health`), String(status));
}

/** Waits until it has been asked so many times more: time enough for a watchdog to do what it must not do. */
async function untilAskedAgain(rig: Rig, name: string, times: number): Promise<void> {
  const asked = () =>
    rig
      .log(name)
      .split('\n')
      .filter((line) => line.startsWith('/')).length;
  const before = asked();
  await until(() => asked() >= before + times);
}

test('a service whose liveness check turns 503 is restarted for it, and works again', async (t) => {
  const rig = await startRig(t, { apps: [await server('web', 'liveness'), await server('other', 'liveness')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(async () => (await rig.report('web')).checks[0]?.ok === true);
  const [check] = (await rig.report('web')).checks;
  assert.match(check?.reason ?? '', /^HTTP 200 in \d/);
  assert.deepEqual([check?.name, check?.kind], ['http /liveness', 'liveness']);
  const process = identify(rig.pid('web'));
  assert.ok(process);
  const other = rig.pid('other');
  setHealth(rig, 'web', 503);
  await until(() => !isPidAlive(process.pid));
  rmSync(join(rig.root, 'web.health'));
  await until(async () => {
    const { verdict, pid, checks } = await rig.report('web');
    return verdict === 'healthy' && pid !== process.pid && checks[0]?.ok === true;
  });
  const db = openStatusDb(join(rig.home, 'status.db'));
  t.after(() => db.close());
  const exit = () =>
    readEvents(db, { service: 'web', limit: 100 }).find(({ kind, pid }) => kind === 'exit' && pid === process.pid);
  await until(() => exit() !== undefined);
  assert.deepEqual([exit()?.cause, exit()?.actor], ['unhealthy', 'watchdog']);
  const looks = readEvents(db, { service: 'web', limit: 100 }).filter(({ kind }) => kind === 'snapshot');
  assert.deepEqual(
    looks.map(({ cause, pid }) => [cause, pid]),
    [['unhealthy', process.pid]],
  );
  assert.match(
    JSON.stringify(exit()?.detail),
    /liveness check .*http \/liveness.* failed 2 times in a row: HTTP 503 in \d/,
  );
  assert.equal(rig.pid('other'), other);
});

test('a failed readiness, and a failed liveness with on_unhealthy: alert, make a service unhealthy and end nothing', async (t) => {
  const rig = await startRig(t, {
    apps: [await server('web', 'readiness'), await server('api', 'liveness', { on_unhealthy: 'alert' })],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  for (const name of ['web', 'api']) {
    await until(async () => (await rig.report(name)).checks[0]?.ok === true);
    const pid = rig.pid(name);
    setHealth(rig, name, 503);
    await until(async () => (await rig.report(name)).verdict === 'unhealthy');
    assert.match((await rig.report(name)).reason, /^http \/(readiness|liveness): HTTP 503 in \d/);
    await untilAskedAgain(rig, name, 10);
    assert.equal(rig.pid(name), pid);
    setHealth(rig, name, 204);
    await until(async () => (await rig.report(name)).verdict === 'healthy');
    assert.equal(rig.pid(name), pid);
  }
});

test('a command is asked with the environment and in the folder of its service, and a log for its newest line', async (t) => {
  const command = 'test "$TOKEN" = "it\'s me" && test -f idle.mjs';
  const port = await freePort();
  const rig = await startRig(t, {
    apps: [
      app('job', 'idle.mjs', {
        env: { TOKEN: "it's me" },
        sigctl: {
          ready: { delay: '100ms', within: '1s' },
          health: {
            readiness: [
              { name: 'right', command, ...OFTEN },
              { name: 'wrong', command: 'exit 3', ...OFTEN },
            ],
          },
        },
      }),
      app('web', 'health-from-file.mjs', {
        env: { PORT: String(port) },
        sigctl: {
          port,
          health: {
            readiness: { http: '/', ...OFTEN },
            liveness: [
              { name: 'asked', log: '^/ 200', within: '3s', ...OFTEN },
              { name: 'never', log: 'no such line', within: '10ms', ...OFTEN },
            ],
            on_unhealthy: 'ignore',
          },
          ready: { tcp: port, within: '60s' },
        },
      }),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const answers = async (key: string) =>
    new Map((await rig.report(key)).checks.map(({ name, ok, reason }) => [name, `${ok} ${reason.split(' after')[0]}`]));
  await until(async () => (await answers('job')).get('right') === 'true exit code 0');
  await until(async () => (await answers('job')).get('wrong') === 'false exit code 3');
  await until(async () => (await answers('web')).get('never')?.startsWith('false no match') === true);
  // For longer than its limit: its lines are seen.
  await untilAskedAgain(rig, 'web', 20);
  assert.match((await answers('web')).get('asked') ?? '', /^true/);
  assert.match((await rig.report('web')).reason, /^never: no match for .*, limit 10ms$/);
});
