import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { StatusRow } from '../../src/core/status-row.js';
import { linkStatus } from '../../src/service/status-link.js';
import { openStatusDb } from '../../src/store/open.js';
import { readStatuses } from '../../src/store/service-status.js';
import { tempFolder } from './rig.js';

const CLAIM = {
  service: 'trading',
  instance: '0',
  host: 'vps',
  pid: 1,
  startToken: null,
  heartbeatEveryMs: 5_000,
  version: null,
  mode: null,
};

function linkTo(t: TestContext, path: string, nowMs = () => 1_000) {
  const told: string[] = [];
  const link = linkStatus(path, CLAIM, nowMs, {
    onFenced: () => told.push('fenced'),
    onFault: () => told.push('fault'),
    onRecovered: () => told.push('recovered'),
  });
  t.after(() => link.close());
  return { link, told };
}

function readRow(path: string): StatusRow | undefined {
  const db = openStatusDb(path);
  try {
    return readStatuses(db)[0];
  } finally {
    db.close();
  }
}

test('a link whose table cannot be opened says so once, keeps the reports, and writes them when it can', (t) => {
  const path = join(tempFolder(t), 'home', 'status.db');
  writeFileSync(dirname(path), 'a file where the folder should be');
  const { link, told } = linkTo(t, path);
  link.state({ state: 'scanning', reason: 'warming up' });
  link.progress({ name: 'cycle' });
  link.heartbeat(1, 1);
  assert.deepEqual([told, link.db], [['fault'], undefined]);

  rmSync(dirname(path));
  mkdirSync(dirname(path));
  link.heartbeat(64, 1);
  assert.deepEqual(told, ['fault', 'recovered']);
  const row = readRow(path);
  assert.deepEqual([row?.state, row?.reason, row?.progressSeq, row?.rssBytes], ['scanning', 'warming up', 1, 64]);
});

test('a link survives a table that stays locked, and catches up with the next heartbeat', (t) => {
  const path = join(tempFolder(t), 'status.db');
  const { link, told } = linkTo(t, path);
  const other = openStatusDb(path);
  t.after(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  link.state({ state: 'running' });
  assert.deepEqual(told, ['fault']);
  other.exec('ROLLBACK');
  assert.equal(readRow(path)?.state, 'starting');
  link.heartbeat(1, 1);
  assert.deepEqual([told, readRow(path)?.state], [['fault', 'recovered'], 'running']);
});

test('a link that has lost its row to a newer process says so once and writes nothing more', (t) => {
  const path = join(tempFolder(t), 'status.db');
  const first = linkTo(t, path);
  const second = linkTo(t, path);
  first.link.heartbeat(1, 1);
  first.link.state({ state: 'stopped' });
  first.link.progress({ name: 'cycle' });
  assert.deepEqual([first.told, second.told], [['fenced'], []]);
  assert.deepEqual([readRow(path)?.generation, readRow(path)?.state], [2, 'starting']);
});
