import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { mayHandleSignal, programFiles } from '../../src/process/names-signal.js';

function project(t: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'sigctl-names-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

test('a handler in a module that the program imports, however it does, is found', (t) => {
  const root = project(t, {
    'a.mjs': "import './lib/b.js';\nimport { x } from './a.mjs';",
    'lib/b.ts': "const c = require('../c');",
    'c/index.js': "process.once('SIGUSR1', dump);",
    'dynamic.mjs': "await import('./c/index.js');",
  });
  assert.equal(mayHandleSignal([join(root, 'a.mjs')], 'SIGUSR1'), true);
  assert.equal(mayHandleSignal([join(root, 'dynamic.mjs')], 'SIGUSR1'), true);
  assert.equal(mayHandleSignal([join(root, 'a.mjs')], 'SIGUSR2'), false);
});

test('a program without one is found to have none, and one that cannot be read may have one', (t) => {
  const root = project(t, { 'a.mjs': "// kill -USR1\nimport './gone.mjs'; process.on('SIGTERM', end);" });
  assert.equal(mayHandleSignal([join(root, 'a.mjs')], 'SIGUSR1'), false);
  assert.equal(mayHandleSignal([join(root, 'b.mjs')], 'SIGUSR1'), true);
});

test('in a bundle of megabytes the name is found wherever it stands, and one that is too large may have it', (t) => {
  const before = (bytes: number) => ';'.repeat(bytes);
  const root = project(t, {
    'cut.mjs': `${before(64 * 1024 - 4)}process.on('SIGUSR1', end);`,
    'imports.mjs': `${before(128 * 1024 - 12)}import './cut.mjs';`,
    'large.mjs': before(3 * 1024 ** 2),
    'huge.mjs': before(17 * 1024 ** 2),
  });
  const may = (file: string) => mayHandleSignal([join(root, file)], 'SIGUSR1');
  assert.deepEqual(['cut.mjs', 'imports.mjs', 'large.mjs', 'huge.mjs'].map(may), [true, true, false, true]);
});

test('what node loads before the program counts too', () => {
  const spec = {
    script: '/srv/app/main.js',
    cwd: '/srv/app',
    interpreterArgs: ['--import', './hooks.mjs', '-r', 'source-map-support/register'],
    env: { NODE_OPTIONS: '--require=/opt/early.cjs' },
  };
  assert.deepEqual(programFiles(spec), ['/srv/app/main.js', '/opt/early.cjs', '/srv/app/hooks.mjs']);
});
