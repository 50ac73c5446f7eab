import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { throughCurrent } from '../../src/deploy/through-current.js';
import { loadManifest } from '../../src/manifest/load-manifest.js';

const ONE = '20261126-045811-aaaa';
const TWO = '20261126-045812-bbbb';

function releases(t: TestContext): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sigctl-releases-')));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  for (const id of [ONE, TWO]) mkdirSync(join(base, 'releases', id, 'src'), { recursive: true });
  symlinkSync(`releases/${ONE}`, join(base, 'current'));
  return base;
}

test('throughCurrent() goes by the link for the release in force, and leaves every other path alone', (t) => {
  const base = releases(t);
  assert.equal(throughCurrent(join(base, 'releases', ONE)), join(base, 'current'));
  assert.equal(throughCurrent(join(base, 'releases', ONE, 'src')), join(base, 'current/src'));
  assert.equal(throughCurrent(join(base, 'releases', TWO)), join(base, 'releases', TWO));
  for (const path of ['/srv/app', `/nowhere/releases/${ONE}/src`, '/srv/releases/v1/src']) {
    assert.equal(throughCurrent(path), path);
  }
});

test('a manifest that was reached by a link names its files by the link, however they are spelled', (t) => {
  const base = releases(t);
  const manifest = `const path = require('node:path');
    module.exports = { apps: [{ name: 'web', script: path.join(__dirname, 'web.js'), cwd: __dirname, args: ['--dir=' + __dirname + '/data'], env: { OTHER: __dirname + '-old' } }], sigctl: { modes: { a: /x/ } } };`;
  writeFileSync(join(base, 'releases', ONE, 'ecosystem.config.cjs'), manifest);
  const { root, apps, rest } = loadManifest(join(base, 'current/ecosystem.config.cjs'));
  const link = join(base, 'current');
  assert.equal(root, link);
  assert.deepEqual(apps, [
    {
      name: 'web',
      script: join(link, 'web.js'),
      cwd: link,
      args: [`--dir=${link}/data`],
      env: { OTHER: `${join(base, 'releases', ONE)}-old` },
    },
  ]);
  assert.deepEqual(rest, { sigctl: { modes: { a: /x/ } } });
});
