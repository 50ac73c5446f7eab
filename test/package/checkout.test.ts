import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { ROOT } from './installed.js';

const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const runVersion = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, [...args, '--version'], { cwd: ROOT, encoding: 'utf8', timeout: 120_000 }).trim();

test('npx sigctl works in a checkout', () => {
  assert.equal(runVersion('npx', 'sigctl'), version);
});

test('bin/sigctl works through a symlink, as npm link makes it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-link-'));
  t.after(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(ROOT, 'bin/sigctl'), join(folder, 'sigctl'));
  assert.equal(runVersion(join(folder, 'sigctl')), version);
});

test('bin/sigctl runs the sources in a checkout that is not built', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-unbuilt-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const part of ['bin', 'src', 'package.json']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  assert.equal(existsSync(join(folder, 'dist')), false);
  assert.equal(runVersion(join(folder, 'bin/sigctl')), version);
});

test('the build leaves one code cache, which this node accepts for the bundle', () => {
  const bundle = readFileSync(join(ROOT, 'dist/cli.cjs'), 'utf8');
  const caches = readdirSync(join(ROOT, 'dist')).filter((file) => file.endsWith('.cache'));
  assert.deepEqual(caches, [`${/\/\/(\S+)$/.exec(bundle)?.[1]}.cache`]);
  const cachedData = readFileSync(join(ROOT, 'dist', caches[0] ?? ''));
  assert.equal(new Script(Module.wrap(bundle), { cachedData }).cachedDataRejected, false);
});
