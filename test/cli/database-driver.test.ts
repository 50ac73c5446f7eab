import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Finding } from '../../src/core/finding.js';
import { collect, REPO, type Run } from '../e2e/rig.js';
import { project } from './rig.js';

const COMPILED = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

/** A copy of what is built, whose better-sqlite3 has no compiled half, as npm leaves it where it may run no install script. */
function uncompiled(t: TestContext): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'sigctl-uncompiled-')));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(REPO, part), join(copy, part), { recursive: true });
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(REPO, 'node_modules')).filter((each) => each !== 'better-sqlite3'))
    symlinkSync(join(REPO, 'node_modules', name), join(copy, 'node_modules', name));
  for (const part of ['lib', 'package.json']) {
    const path = join('node_modules/better-sqlite3', part);
    cpSync(join(REPO, path), join(copy, path), { recursive: true });
  }
  return copy;
}

const sigctlOf =
  (copy: string, cwd: string) =>
  (...args: readonly string[]): Promise<Run> =>
    collect(
      spawn(process.execPath, [join(copy, 'bin/sigctl'), ...args], {
        cwd,
        env: { PATH: process.env['PATH'] ?? '', HOME: cwd },
      }),
    );

function findings({ stdout }: Run): readonly (Finding & { fixable: boolean })[] {
  return JSON.parse(stdout).findings;
}

for (const [how, damage, evidence] of [
  ['was not compiled', undefined, /Cannot find module .*better_sqlite3\.node/],
  ['is no module of this machine', 'of another machine', /better_sqlite3\.node: (file too short|invalid ELF header)/],
] as const) {
  test(`doctor, also with --fix, names a driver that ${how}; and commands do not blame the database`, async (t) => {
    const copy = uncompiled(t);
    const root = project(t);
    if (damage !== undefined) {
      mkdirSync(join(copy, COMPILED, '..'), { recursive: true });
      writeFileSync(join(copy, COMPILED), damage);
    }
    // Something that --fix could mend, if it could take the lock.
    mkdirSync(join(root, '.sigctl'), { mode: 0o755 });
    writeFileSync(join(root, '.sigctl/status.db'), 'x'.repeat(5_000), { mode: 0o644 });
    const sigctl = sigctlOf(copy, root);
    const compile = `(cd '${join(copy, 'node_modules/better-sqlite3')}' && npm run install)`;
    for (const args of [[], ['--fix']]) {
      const run = await sigctl('doctor', '--json', ...args);
      assert.deepEqual([run.exitCode, run.stderr], [1, ''], run.stdout);
      const found = findings(run);
      const driver = found.find(({ code }) => code === 'DATABASE_DRIVER_MISSING');
      assert.deepEqual([driver?.severity, driver?.mend], ['error', compile]);
      assert.match(driver?.evidence ?? '', evidence);
      assert.match(driver?.evidence ?? '', new RegExp(`\\(ABI ${process.versions.modules}\\)`));
      assert.ok(!found.some(({ check, severity }) => check === 'databases' && severity === 'error'), run.stdout);
      assert.ok(!found.some(({ code }) => code === 'CHECK_FAILED'), run.stdout);
    }
    for (const verb of ['status', 'start', 'history']) {
      const { exitCode, stdout } = await sigctl(verb, '--json');
      const { code, hint } = JSON.parse(stdout).error;
      assert.deepEqual([exitCode, code], [4, 'DATABASE_DRIVER_MISSING'], stdout);
      assert.ok(hint.startsWith(compile), hint);
    }
    assert.ok(existsSync(join(root, '.sigctl/status.db')));
  });
}
