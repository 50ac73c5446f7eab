import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadManifest } from '../../src/manifest/load-manifest.js';
import { addFile, makeProject } from './request.js';

const GOOD = join(import.meta.dirname, '../fixtures/manifests/good');

test('loadManifest() takes every outline that PM2 takes', () => {
  const names = (file: string): unknown => loadManifest(join(GOOD, file)).apps;
  assert.deepEqual(names('array.cjs'), [
    { name: 'web', script: 'web.js' },
    { name: 'worker', script: 'worker.js' },
  ]);
  assert.deepEqual(names('one-app.cjs'), [{ name: 'web', script: 'web.js', sigctl: { port: 8080 } }]);
  assert.deepEqual(names('apps-as-object.cjs'), [{ name: 'web', script: 'web.js' }]);
  assert.deepEqual(names('plain.json'), [{ name: 'web', script: 'web.js', instances: '2', max_memory_restart: null }]);
});

test("loadManifest() keeps a lone app's sigctl block with the app, and a stack's with the stack", () => {
  assert.deepEqual(loadManifest(join(GOOD, 'one-app.cjs')).rest, {});
  assert.deepEqual(loadManifest(join(GOOD, 'apps-as-object.cjs')).rest, { sigctl: { name: 'shop' } });
});

test('loadManifest() evaluates the file and what it requires afresh each time', (t) => {
  const root = makeProject(t, {
    'ecosystem.config.cjs': 'module.exports = { apps: [{ script: require("./script.cjs") }] };',
    'script.cjs': 'module.exports = "one.js";',
  });
  const manifest = join(root, 'ecosystem.config.cjs');
  assert.deepEqual(loadManifest(manifest).apps, [{ script: 'one.js' }]);
  addFile(root, 'script.cjs', 'module.exports = "two.js";');
  assert.deepEqual(loadManifest(manifest).apps, [{ script: 'two.js' }]);
  addFile(root, 'ecosystem.config.cjs', 'module.exports = { apps: [{ script: "three.js" }] };');
  assert.deepEqual(loadManifest(manifest).apps, [{ script: 'three.js' }]);
});

test('loadManifest() takes the default export of compiled TypeScript', (t) => {
  const root = makeProject(t, {
    'ecosystem.config.cjs': 'exports.__esModule = true; exports.default = { apps: [{ script: "web.js" }] };',
  });
  assert.deepEqual(loadManifest(join(root, 'ecosystem.config.cjs')).apps, [{ script: 'web.js' }]);
});

test('loadManifest() lets a project run the stack of another folder', (t) => {
  const root = makeProject(t, {
    'package/ecosystem.config.cjs': 'module.exports = { apps: [{ script: __dirname + "/web.js" }] };',
    'project/ecosystem.config.cjs': 'module.exports = require("../package/ecosystem.config.cjs");',
  });
  const manifest = loadManifest(join(root, 'project/ecosystem.config.cjs'));
  assert.equal(manifest.root, join(root, 'project'));
  assert.deepEqual(manifest.apps, [{ script: join(root, 'package/web.js') }]);
});
