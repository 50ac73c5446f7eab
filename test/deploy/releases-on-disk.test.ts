import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findInUse, pruneReleases, readLink, writeLink } from '../../src/deploy/releases-on-disk.js';

const ids = [1, 2, 3, 4].map((day) => `2026110${day}-120000-aaaa`);
const [one = '', two = '', three = '', four = ''] = ids;

function releases(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'sigctl-prune-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const id of ids) {
    mkdirSync(join(root, 'releases', id), { recursive: true });
    writeFileSync(join(root, 'releases', id, 'name'), id);
  }
  return root;
}

test('a link is made, moved and removed, and leads to a release at every instant', (t) => {
  const root = releases(t);
  assert.equal(readLink(root, 'current'), undefined);
  for (const id of ids) {
    writeLink(root, 'current', id);
    assert.equal(readLink(root, 'current'), id);
    assert.equal(readFileSync(join(root, 'current/name'), 'utf8'), id);
  }
  writeLink(root, 'current', undefined);
  assert.equal(existsSync(join(root, 'current')), false);
});

test('old releases go, but not the one that a live process has as its folder', async (t) => {
  const root = releases(t);
  writeLink(root, 'current', four);
  writeLink(root, 'previous', three);
  const child = spawn('sleep', ['600'], { cwd: join(root, 'releases', one), stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.once('spawn', resolve));
  assert.deepEqual(findInUse(join(root, 'releases'), ids), [one]);
  assert.deepEqual(pruneReleases(root, 1), [two]);
  assert.deepEqual(
    ids.map((id) => existsSync(join(root, 'releases', id))),
    [true, false, true, true],
  );
});
