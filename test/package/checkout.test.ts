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
  const packs = join(ROOT, 'dist/packs');
  const names = readdirSync(packs).filter((name) => name.endsWith('.js'));
  assert.ok(names.includes('cli.js') && names.includes('status.js'), names.join());
  for (const name of names) {
    const pack = readFileSync(join(packs, name), 'latin1');
    const cache = `${/\/\/(.+)$/.exec(pack)?.[1] ?? 'no name'}-${process.version}.cache`;
    const { cachedDataRejected } = new Script(pack, { cachedData: readFileSync(join(packs, cache)) });
    assert.equal(cachedDataRejected, false, name);
  }
});

test('the CLI works without the code cache, as it is shipped, and leaves one for the next run', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-uncached-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const packs = join(folder, 'dist/packs');
  const caches = () => readdirSync(packs).filter((name) => !name.endsWith('.js'));
  for (const name of caches()) rmSync(join(packs, name));
  for (const _run of [1, 2]) assert.equal(runVersion(join(folder, 'bin/sigctl')), version);
  assert.match(caches().join(), new RegExp(`^cli-[0-9a-f]+-${process.version}\\.cache$`));
});
