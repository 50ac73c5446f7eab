import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Remedy } from '../../src/core/finding.js';
import { checkPermissions } from '../../src/doctor/checks/permissions.js';
import { tighten } from '../../src/doctor/fixes/tighten.js';
import { brief, makeDeps } from './literals.js';
import { tempFolder } from './temp-folder.js';

const FIX = { flock: undefined, show: (path: string) => path, daemonPid: () => undefined };
const modeOf = (path: string): number => statSync(path).mode & 0o777;

function makeHome(t: TestContext) {
  const deps = makeDeps(tempFolder(t));
  const { home, run, data, statusDb } = deps.paths;
  for (const folder of [home, run, data]) mkdirSync(folder, { mode: 0o700 });
  writeFileSync(statusDb, '', { mode: 0o644 });
  writeFileSync(join(run, 'web.launch'), 'export TOKEN=x', { mode: 0o600 });
  return { deps, home, launch: join(run, 'web.launch'), statusDb };
}

test('a closed state folder is in order, whatever the mode of the databases in it', (t) => {
  assert.deepEqual(brief(checkPermissions(makeHome(t).deps)), ['ok OK']);
});

test('a launch file that others may read is a warning behind a closed folder, an error behind an open one', (t) => {
  const { deps, home, launch } = makeHome(t);
  chmodSync(launch, 0o640);
  assert.deepEqual(brief(checkPermissions(deps)), ['warning PERMISSIONS_OPEN']);
  chmodSync(home, 0o755);
  assert.deepEqual(brief(checkPermissions(deps)), [
    'warning PERMISSIONS_OPEN',
    'error PERMISSIONS_OPEN',
    'warning PERMISSIONS_OPEN',
  ]);
});

test('what was found open is closed by its remedies, and a second look finds nothing', (t) => {
  const { deps, home, launch, statusDb } = makeHome(t);
  chmodSync(launch, 0o644);
  chmodSync(home, 0o777);
  for (const { remedy } of checkPermissions(deps)) {
    if (remedy?.kind === 'tighten') assert.equal(tighten(remedy, FIX).kind, 'fixed');
  }
  assert.deepEqual([home, launch, statusDb].map(modeOf), [0o700, 0o600, 0o600]);
  assert.deepEqual(brief(checkPermissions(deps)), ['ok OK']);
});

test('closing takes rights away and gives none', (t) => {
  const { launch } = makeHome(t);
  chmodSync(launch, 0o444);
  tighten({ kind: 'tighten', files: [{ path: launch, mode: 0o600 }] }, FIX);
  assert.equal(modeOf(launch), 0o400);
});

test('a file that became a symbolic link is not followed', (t) => {
  const { home } = makeHome(t);
  const elsewhere = join(tempFolder(t), 'elsewhere');
  writeFileSync(elsewhere, '', { mode: 0o644 });
  const link = join(home, 'stack.json');
  symlinkSync(elsewhere, link);
  const remedy: Remedy = { kind: 'tighten', files: [{ path: link, mode: 0o600 }] };
  assert.equal(tighten(remedy, FIX).kind, 'left');
  assert.equal(modeOf(elsewhere), 0o644);
});

test('a file in the place of the log folder is an error', (t) => {
  const { deps } = makeHome(t);
  writeFileSync(deps.paths.logs, '');
  const [finding] = checkPermissions(deps);
  assert.equal(finding?.code, 'FOLDER_NOT_WRITABLE');
  assert.equal(finding?.subject, 'logs');
});
