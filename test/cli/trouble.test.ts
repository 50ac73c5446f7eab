import assert from 'node:assert/strict';
import { writeSync } from 'node:fs';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { databaseTrouble } from '../../src/cli/database-trouble.js';
import { fileTrouble } from '../../src/cli/file-trouble.js';
import { driverMissing } from '../../src/store/driver-missing.js';

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

test('driverMissing() names the folder in which to compile, where a compiled half is missing or foreign, and nothing else', () => {
  const failed = (code: string, message: string) => driverMissing(Object.assign(new Error(message), { code }));
  const missing = failed('MODULE_NOT_FOUND', "Cannot find module 'better-sqlite3/build/Release/better_sqlite3.node'");
  assert.equal(missing?.code, 'DATABASE_DRIVER_MISSING');
  assert.match(missing?.message ?? '', /was not compiled when it was installed$/);
  assert.match(missing?.hint ?? '', /^\(cd '\/.*\/node_modules\/better-sqlite3' && npm run install\),/);
  const foreign = failed('ERR_DLOPEN_FAILED', "The module '/x/better_sqlite3.node' was compiled against a different …");
  assert.match(foreign?.message ?? '', new RegExp(`was compiled for another node than ${process.version}`));
  assert.equal(failed('MODULE_NOT_FOUND', "Cannot find module 'better-sqlite3'"), undefined);
  assert.equal(failed('ERR_DLOPEN_FAILED', '/x/other.node'), undefined);
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
