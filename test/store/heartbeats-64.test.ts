import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStatusDb } from '../../src/store/open.js';
import { readStatuses } from '../../src/store/service-status.js';
import { bundleFixtures, run, tempFolder } from '../service/rig.js';

const PROCESSES = 64;
const FOR_MS = 20_000;

test('64 processes that write heartbeats ten times a second for 20 s: no SQLITE_BUSY reaches anyone', async (t) => {
  const { folder, remove } = await bundleFixtures('heartbeat-writer');
  t.after(remove);
  const path = join(tempFolder(t), 'status.db');
  const program = join(folder, 'heartbeat-writer.mjs');
  const names = Array.from({ length: PROCESSES }, (_, index) => `writer-${String(index).padStart(2, '0')}`);
  const writers = names.map((name) => run(t, [process.execPath, program, path, name, String(FOR_MS)], { env: {} }));

  for (const writer of writers) assert.deepEqual(await writer.exit, { code: 0, signal: null });
  const results = writers.map((writer): { writes: number; errors: string[] } => JSON.parse(writer.output()));
  t.diagnostic(`${results.reduce((sum, result) => sum + result.writes, 0)} heartbeats written`);
  assert.deepEqual(
    results.flatMap((result) => result.errors),
    [],
  );
  assert.ok(results.every((result) => result.writes > 0));

  const db = openStatusDb(path, { readonly: true });
  t.after(() => db.close());
  assert.deepEqual(
    readStatuses(db).map((row) => row.service),
    names,
  );
});
