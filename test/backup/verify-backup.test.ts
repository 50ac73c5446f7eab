import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifyBackup } from '../../src/backup/verify-backup.js';
import { fingerprint, startBackupRig } from './rig.js';

const LIMITS = { stack: 'demo', knownVersions: { 'status.db': 1_000, 'data/market.db': 1 } };

type Damage = (folder: string) => void;

/** Rewrites the index as its author could have: with a right checksum. */
function editIndex(folder: string, edit: (index: Record<string, unknown>) => void): void {
  const path = join(folder, 'index.json');
  const { sha256, ...index } = JSON.parse(readFileSync(path, 'utf8'));
  assert.match(sha256, /^[0-9a-f]{64}$/);
  edit(index);
  const digest = createHash('sha256').update(JSON.stringify(index)).digest('hex');
  writeFileSync(path, JSON.stringify({ ...index, sha256: digest }));
}

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

/** A database whose page is damaged, with an index that agrees with it: only SQLite's own check can tell. */
function damagePage(folder: string): void {
  const path = join(folder, 'data/market.db');
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4096, 4200);
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  editIndex(folder, (index) => {
    const databases = index['databases'] as { name: string; sha256: string }[];
    index['databases'] = databases.map((entry) => (entry.name === 'data/market.db' ? { ...entry, sha256 } : entry));
  });
}

const FAULTS: readonly (readonly [string, string, Damage])[] = [
  ['a folder that is not there', 'BACKUP_NOT_FOUND', (folder) => rmSync(folder, { recursive: true })],
  ['a folder without an index', 'BACKUP_INCOMPLETE', (folder) => rmSync(join(folder, 'index.json'))],
  ['an index that is cut off', 'BACKUP_INDEX_INVALID', (folder) => truncateSync(join(folder, 'index.json'), 300)],
  ['an index with a changed byte', 'BACKUP_INDEX_INVALID', (folder) => flipByte(join(folder, 'index.json'), 60)],
  [
    'an index of another stack',
    'BACKUP_OTHER_STACK',
    (folder) => editIndex(folder, (index) => Object.assign(index, { stack: 'other' })),
  ],
  [
    'an index of a newer format',
    'BACKUP_TOO_NEW',
    (folder) => editIndex(folder, (index) => Object.assign(index, { schemaVersion: 99 })),
  ],
  [
    'an index that leads out of the state folder',
    'BACKUP_INDEX_INVALID',
    (folder) =>
      editIndex(folder, (index) => {
        const [first] = index['databases'] as object[];
        index['databases'] = [{ ...first, name: 'data/../../../etc/x.db' }];
      }),
  ],
  [
    'a database with a changed byte',
    'BACKUP_FILE_CORRUPT',
    (folder) => flipByte(join(folder, 'data/market.db'), 5_000),
  ],
  [
    'a database that is cut off',
    'BACKUP_FILE_TRUNCATED',
    (folder) => truncateSync(join(folder, 'data/market.db'), 4_096),
  ],
  ['a database that is missing', 'BACKUP_FILE_MISSING', (folder) => rmSync(join(folder, 'data/market.db'))],
  [
    'a manifest that is missing',
    'BACKUP_FILE_MISSING',
    (folder) => rmSync(join(folder, 'manifest/ecosystem.config.cjs')),
  ],
  ['a database that SQLite finds damaged', 'BACKUP_DATABASE_BROKEN', damagePage],
];

for (const [what, code, damage] of FAULTS) {
  test(`${what} is refused with ${code}, and nothing changes`, async (t) => {
    const rig = startBackupRig(t);
    rig.write(
      'data/market.db',
      Array.from({ length: 200 }, (_, index) => `${index}`.padEnd(100, 'x')),
    );
    const { folder } = await rig.backUp();
    damage(folder);
    const before = fingerprint(rig.home);
    await assert.rejects(
      verifyBackup(folder, LIMITS, () => undefined),
      { code },
    );
    assert.equal(fingerprint(rig.home), before);
  });
}

test('a database of a version that this sigctl does not know is refused', async (t) => {
  const rig = startBackupRig(t);
  rig.write('data/market.db', ['one'], 2);
  rig.write('data/of-another-program.db', ['one'], 2_000_000);
  const { folder } = await rig.backUp();
  await assert.rejects(
    verifyBackup(folder, LIMITS, () => undefined),
    { code: 'BACKUP_TOO_NEW' },
  );
  await verifyBackup(folder, { stack: 'demo', knownVersions: { 'data/market.db': 2 } }, () => undefined);
});

test('any one byte changed anywhere in a backup is noticed', async (t) => {
  const rig = startBackupRig(t);
  rig.write('data/market.db', ['one', 'two']);
  const { folder, index } = await rig.backUp();
  const files = [...index.databases.map(({ name }) => name), index.manifest.name];
  for (const name of files) {
    const path = join(folder, name);
    const pristine = readFileSync(path);
    for (let at = 0; at < pristine.length; at += 997) {
      flipByte(path, at);
      await assert.rejects(
        verifyBackup(folder, LIMITS, () => undefined),
        { code: 'BACKUP_FILE_CORRUPT' },
        `${name} ${at}`,
      );
      writeFileSync(path, pristine);
    }
  }
  await verifyBackup(folder, LIMITS, () => undefined);
});
