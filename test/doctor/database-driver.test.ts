import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDatabaseDriver, judgeDatabaseDriver } from '../../src/doctor/checks/database-driver.js';
import { driverMissing } from '../../src/store/driver-missing.js';
import { makeDeps } from './literals.js';

const NODE = { version: '22.1.0', abi: '127' };

test('a compiled half that does not fit this node is an error with both ABIs and the command that compiles it', () => {
  const fault = new Error(
    "The module '/p/better_sqlite3.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 115.",
  );
  const { severity, code, evidence, mend } = judgeDatabaseDriver(fault, NODE, 'npm run install');
  assert.deepEqual([severity, code, mend], ['error', 'DATABASE_DRIVER_MISSING', 'npm run install']);
  assert.match(evidence, /by node 22\.1\.0 \(ABI 127\).*: The module '\/p\/better_sqlite3\.node' was compiled against/);
  assert.match(evidence, /NODE_MODULE_VERSION 115\.$/);
});

test('a loader that lists where it searched is told in its first lines', () => {
  const searched = Array.from({ length: 15 }, (_, index) => ` → /p/${index}/better_sqlite3.node`);
  const fault = new Error(['Could not locate the bindings file. Tried:', ...searched].join('\n'));
  const { evidence } = judgeDatabaseDriver(fault, NODE, 'npm run install');
  assert.match(evidence, /: Could not locate the bindings file\. Tried: → \/p\/0\/better_sqlite3\.node/);
  assert.doesNotMatch(evidence, /\n|\/p\/9\//);
  assert.equal(driverMissing(fault)?.code, 'DATABASE_DRIVER_MISSING');
});

test('the driver of this checkout loads', () => {
  assert.deepEqual(
    checkDatabaseDriver(makeDeps('/p')).map(({ code }) => code),
    ['OK'],
  );
});
