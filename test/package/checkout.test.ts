import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
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

test('the build leaves a code cache, which this node accepts for the CLI', () => {
  const pack = readFileSync(join(ROOT, 'dist/cli.pack.js'), 'latin1');
  const cachedData = readFileSync(join(ROOT, 'dist', /\/\/(.+)$/.exec(pack)?.[1] ?? 'no name'));
  assert.equal(new Script(pack, { cachedData }).cachedDataRejected, false);
});

test('the CLI works without the code cache, as it is shipped', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-uncached-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const file of readdirSync(join(folder, 'dist')).filter((name) => name.endsWith('.cache')))
    rmSync(join(folder, 'dist', file));
  assert.equal(runVersion(join(folder, 'bin/sigctl')), version);
});
