import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backupFolderName, planPrune } from '../../src/core/backup-plan.js';
import { parseRestoreJournal, planUndo } from '../../src/core/restore-journal.js';
import { findRefusal, planRestore } from '../../src/core/restore-plan.js';

test('backupFolderName() sorts by time', () => {
  assert.equal(backupFolderName('demo', Date.UTC(2026, 10, 22, 3, 15, 0, 7)), 'demo-20261122T031500007Z');
});

test('planPrune() counts the one just made, never removes it, and leaves other stacks alone', () => {
  const backup = (folder: string, asOfMs: number, stack = 'demo') => ({ folder, stack, asOfMs });
  const known = [backup('c', 3), backup('a', 1), backup('x', 0, 'other'), backup('made', 0), backup('b', 2)];
  const prune = (keep: number) => planPrune(known, { stack: 'demo', made: 'made', keep });
  assert.deepEqual(prune(1), ['a', 'b', 'c']);
  assert.deepEqual(prune(3), ['a']);
  assert.deepEqual(prune(4), []);
  assert.deepEqual(prune(9), []);
});

test('findRefusal() knows the stack and the versions, and does not judge databases of other programs', () => {
  const copy = (name: string, userVersion: number) => ({
    name,
    userVersion,
    bytes: 1,
    sha256: '',
    wal: true,
    tables: null,
  });
  const index = { stack: 'demo', databases: [copy('data/x.db', 99), copy('status.db', 2)] };
  assert.equal(findRefusal(index, { stack: 'demo', knownVersions: { 'status.db': 2 } }), undefined);
  assert.deepEqual(findRefusal(index, { stack: 'demo', knownVersions: { 'status.db': 1 } }), {
    kind: 'newer-database',
    name: 'status.db',
    version: 2,
    known: 1,
  });
  assert.equal(findRefusal(index, { stack: 'x', knownVersions: {} })?.kind, 'other-stack');
});

test('planRestore() tells what is replaced, what is new and what stays', () => {
  const copy = (name: string) => ({ name, userVersion: 1, bytes: 5, sha256: '', wal: true, tables: null });
  const index = {
    schemaVersion: 1,
    sigctlVersion: '0.1.0',
    stack: 'demo',
    mode: null,
    asOf: '2026-11-22T03:15:00.000Z',
    manifest: { name: 'manifest/x.cjs', bytes: 1, sha256: '' },
    databases: [copy('data/a.db'), copy('data/b.db')],
  };
  const plan = planRestore('/backup', index, ['data/b.db', 'status.db'], true);
  assert.deepEqual(
    [plan.replace, plan.create, plan.keep],
    [[{ name: 'data/b.db', bytes: 5 }], [{ name: 'data/a.db', bytes: 5 }], ['status.db']],
  );
});

test('planUndo() brings back what lies aside, removes what is new, and leaves what was never moved', () => {
  const files = [
    { name: 'status.db', existed: true },
    { name: 'status.db-wal', existed: true },
    { name: 'status.db-shm', existed: false },
  ];
  assert.deepEqual(
    planUndo(files, (name) => name === 'status.db').map(({ kind }) => kind),
    ['bring-back', 'leave', 'remove'],
  );
});

test('parseRestoreJournal() accepts no name that leads out of the state folder', () => {
  const journal = (name: string) => ({
    schemaVersion: 1,
    phase: 'replacing',
    backup: '/b',
    startedAtMs: 1,
    services: [],
    files: [{ name, existed: true }],
  });
  for (const good of ['status.db', 'status.db-wal', 'data/x.db-journal'])
    assert.ok(parseRestoreJournal(journal(good)), good);
  for (const bad of ['../status.db', 'data/../x.db', '/etc/passwd', 'data/x.db-x', 'pm2/x.db']) {
    assert.equal(parseRestoreJournal(journal(bad)), undefined, bad);
  }
});
