import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseLaunchRecord, readLaunchRecord } from '../../src/process/launch-record.js';
import { tempFolder } from './rig.js';

const BOOT = '1dc8a9b5-3a4d-4b1c-9a59-1a2b3c4d5e6f';

test('parseLaunchRecord() reads the line that the launcher writes, padding and all', () => {
  assert.deepEqual(parseLaunchRecord(`${`812 123456 ${BOOT} 7f3e 3`.padEnd(160)}\n`), {
    identity: { pid: 812, startToken: '123456' },
    bootId: BOOT,
    startId: '7f3e',
    starts: 3,
  });
});

test('parseLaunchRecord() reads the first line only, whatever an older and longer record left below it', () => {
  assert.equal(parseLaunchRecord(`812 1 ${BOOT} id 1\n900 2 ${BOOT} id 9\n`)?.identity.pid, 812);
});

test('parseLaunchRecord() reads a record of a machine without /proc', () => {
  assert.deepEqual(parseLaunchRecord('812 - - - 1\n')?.identity, { pid: 812, startToken: '-' });
});

test('parseLaunchRecord() answers undefined to hostile text', () => {
  const hostile = [
    '',
    '\n',
    ' ',
    '\0'.repeat(160),
    '812',
    '812 123456',
    `812 123456 ${BOOT} id`,
    `812 123456 ${BOOT} id x`,
    `812 123456 ${BOOT} id -1`,
    `-1 123456 ${BOOT} id 1`,
    `8e2 123456 ${BOOT} id 1`,
    `0x10 123456 ${BOOT} id 1`,
    ` 812 123456 ${BOOT} id 1`,
    `812  123456 ${BOOT} id 1`,
    `812 123456 ${BOOT} id 1 extra`,
    `812\t123456\t${BOOT}\tid\t1`,
    'pid start boot id 1',
    `\uFEFF812 123456 ${BOOT} id 1`,
    'x'.repeat(1_000_000),
    `${'1 '.repeat(100_000)}`,
  ];
  for (const text of hostile) assert.equal(parseLaunchRecord(text), undefined, JSON.stringify(text.slice(0, 60)));
});

test('parseLaunchRecord() answers undefined to every record that was cut off', () => {
  const record = `812 123456 ${BOOT} id 3`;
  for (let length = 0; length < record.length; length++) {
    assert.equal(parseLaunchRecord(record.slice(0, length)), undefined);
  }
});

test('readLaunchRecord() answers undefined for a missing file, an empty one and a folder', (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'empty.lock'), '');
  mkdirSync(join(folder, 'folder.lock'));
  for (const name of ['absent.lock', 'empty.lock', 'folder.lock']) {
    assert.equal(readLaunchRecord(join(folder, name)), undefined);
  }
});
