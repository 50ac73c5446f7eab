import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findManifest } from '../../src/manifest/find-manifest.js';
import { makeProject, refusalOf } from './request.js';

const PACKAGE = '/opt/sigctl';

test('findManifest() finds the nearest manifest from the current folder upward, .cjs before .js', (t) => {
  const root = makeProject(t, {
    'ecosystem.config.js': '',
    'ecosystem.config.cjs': '',
    'shop/ecosystem.config.js': '',
    'shop/src/deep/file.txt': '',
    'other/file.txt': '',
  });
  const find = (cwd: string): string => findManifest({ cwd: join(root, cwd), config: undefined, packageRoot: PACKAGE });
  assert.equal(find('shop/src/deep'), join(root, 'shop/ecosystem.config.js'));
  assert.equal(find('other'), join(root, 'ecosystem.config.cjs'));
});

test('findManifest() takes --config and no other file, relative to the current folder', async (t) => {
  const root = makeProject(t, { 'ecosystem.config.cjs': '', 'stacks/test.cjs': '' });
  const find = (config: string): string => findManifest({ cwd: root, config, packageRoot: PACKAGE });
  assert.equal(find('stacks/test.cjs'), join(root, 'stacks/test.cjs'));
  const error = await refusalOf(() => find('stacks/gone.cjs'));
  assert.equal(error.code, 'MANIFEST_NOT_FOUND');
  assert.match(error.message, /stacks\/gone\.cjs/);
});

test('findManifest() says how to name a manifest or to borrow the shipped one when there is none', async () => {
  // The temp folder of a machine might itself lie below a manifest; the root of the disk cannot.
  const error = await refusalOf(() => findManifest({ cwd: '/', config: undefined, packageRoot: PACKAGE }));
  assert.equal(error.code, 'MANIFEST_NOT_FOUND');
  assert.equal(error.exitCode, 2);
  assert.equal(error.message, 'Cannot find ecosystem.config.cjs or ecosystem.config.js in "/" or above it');
  assert.match(error.hint, /sigctl --config <file>/);
  assert.ok(
    error.hint.includes(`echo 'module.exports = require("/opt/sigctl/ecosystem.config.cjs")' > ecosystem.config.cjs`),
  );
});
