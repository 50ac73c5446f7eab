import assert from 'node:assert/strict';
import { writeSync } from 'node:fs';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { databaseTrouble } from '../../src/cli/database-trouble.js';
import { fileTrouble } from '../../src/cli/file-trouble.js';

test('databaseTrouble() names what is the matter with the table, and leaves a fault of ours a bug', () => {
  const trouble = (code: string) => databaseTrouble(new BetterSqlite3.SqliteError('as SQLite puts it', code));
  assert.deepEqual(
    ['SQLITE_FULL', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_CORRUPT', 'SQLITE_IOERR_WRITE'].map((code) => trouble(code)?.code),
    ['DATABASE_FULL', 'DATABASE_LOCKED', 'DATABASE_BROKEN', 'DATABASE_BROKEN'],
  );
  assert.match(trouble('SQLITE_FULL')?.message ?? '', /no space left on the disk \(as SQLite puts it\)$/);
  assert.equal(trouble('SQLITE_FULL')?.exitCode, 4);
  assert.equal(trouble('SQLITE_CONSTRAINT'), undefined);
  assert.equal(databaseTrouble(new Error('disk is full')), undefined);
});

test('fileTrouble() knows a full disk also where the error names no path', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  assert.equal(fileTrouble(error)?.message, 'Cannot write: no space left on the disk');
  assert.throws(
    () => writeSync(-1, 'x'),
    (caught) => fileTrouble(caught) === undefined,
  );
});
