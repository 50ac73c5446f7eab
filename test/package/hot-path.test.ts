import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bringToLife, writeWarmProject } from '../../scripts/warm-stack.mjs';
import { ROOT } from './installed.js';

/** Parts of node that `status` may load beyond those of a bare start. Each costs every look. */
const BUILTINS = ['vm'];

/** Of the pack, in bytes. V8 reads all of it before the first line runs: what makes it grow past this has to be worth it. */
const MAX_PACK_BYTES = 110_000;

/** Tells at the end which parts of node and which files of the build were loaded. */
const SPY = `
const fs = require('node:fs');
const before = new Set(process.moduleLoadList);
const read = fs.readFileSync;
const files = [];
fs.readFileSync = (path, ...rest) => {
  files.push(String(path));
  return read(path, ...rest);
};
process.on('exit', () => {
  const builtins = process.moduleLoadList.filter((name) => !before.has(name) && /^NativeModule (?!internal)/.test(name));
  const cached = Object.keys(require.cache);
  fs.writeSync(2, JSON.stringify({ builtins: builtins.map((name) => name.slice(13)), files: [...files, ...cached] }));
});
`;

test('status of a stack that lives loads one pack, nothing else of the build, and few parts of node', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-hot-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeWarmProject(folder);
  writeFileSync(join(folder, 'spy.cjs'), SPY);
  const sigctl = (...args: readonly string[]): string => {
    const command = `"$0" -r ./spy.cjs "$@" 2>&1 >out.txt`;
    const words = ['-c', command, process.execPath, join(ROOT, 'bin/sigctl'), ...args];
    return execFileSync('sh', words, {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder },
    });
  };
  sigctl('stop');
  bringToLife(folder, process.pid);
  const { builtins, files }: { builtins: string[]; files: string[] } = JSON.parse(sigctl('status'));
  const built = files.filter((file) => file.startsWith(join(ROOT, 'dist/')) && /\.c?js$/.test(file));
  assert.deepEqual(built, [join(ROOT, 'dist/packs/cli.js')]);
  assert.deepEqual(
    builtins.filter((name) => !BUILTINS.includes(name)),
    [],
  );
});

test('the pack of status stays small', () => {
  const { size } = statSync(join(ROOT, 'dist/packs/cli.js'));
  assert.ok(size < MAX_PACK_BYTES, `${size} bytes`);
});
