import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { app, startRig } from './rig.js';

test('a service that writes nonsense into its own row costs nobody else their verdict', async (t) => {
  const rig = await startRig(t, { apps: [app('good', 'idle.mjs'), app('odd', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start', 'good'])).exitCode, 0);
  const db = new BetterSqlite3(join(rig.home, 'status.db'));
  db.exec(
    "INSERT INTO service_status (service, state, heartbeat_at_ms, detail_json) VALUES ('odd', 'running', 1, 'no json')",
  );
  db.close();
  const run = await rig.sigctl(['status']);
  assert.equal(run.exitCode, 0);
  assert.match(run.stdout, /good\s+healthy/);
  assert.match(
    run.stderr,
    /note: Cannot read service_status "odd"\/"0": detail_json is "no json", expected a JSON object/,
  );
  assert.equal((await rig.sigctl(['start', 'odd'])).exitCode, 0);
});

test('a service whose heartbeat is nonsense is not ready, with that reason, and the others of the same start are told all the same', async (t) => {
  const rig = await startRig(t, {
    apps: [app('good', 'idle.mjs'), app('odd', 'idle.mjs', { sigctl: { ready: { heartbeat: true, within: '1s' } } })],
  });
  assert.equal((await rig.sigctl(['start', 'good'])).exitCode, 0);
  const db = new BetterSqlite3(join(rig.home, 'status.db'));
  db.exec(
    "INSERT INTO service_status (service, state, heartbeat_at_ms) VALUES ('odd', 'running', 9223372036854775807)",
  );
  db.close();
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 1, run.stderr);
  assert.match(run.stdout, /good\s+already running/);
  assert.match(
    run.stdout,
    /odd\s+not ready within 1s .*first heartbeat: Cannot read service_status "odd"\/"0": heartbeat_at_ms/,
  );
});
