import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStatusDb } from '../../src/store/open.js';
import { syncDatabase } from '../../src/store/sync-database.js';

// That it survives a power cut is shown by `npm run lab -- power-cut`.
test('syncDatabase() takes a database with and without a log, one that is not there, and a folder that is none', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-store-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'status.db');
  syncDatabase(path);
  const db = openStatusDb(path);
  syncDatabase(path);
  db.close();
  syncDatabase(path);
  writeFileSync(join(folder, 'file'), '');
  assert.doesNotThrow(() => syncDatabase(join(folder, 'file/status.db')));
});
