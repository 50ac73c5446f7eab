import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { collect, REPO, type Run } from '../e2e/rig.js';

const MANIFEST = `module.exports = {
  apps: [{ name: 'website', script: './web.js' }, { name: 'trading', script: './trade.js' }],
};\n`;

/** A project in which nothing was ever started. */
export function project(t: TestContext, manifest = MANIFEST): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sigctl-cli-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'ecosystem.config.cjs'), manifest);
  return folder;
}

/** Starts `bin/sigctl` with a short, fixed environment. */
export function spawnSigctl(
  cwd: string,
  args: readonly string[],
  {
    env = {},
    stdio = ['ignore', 'pipe', 'pipe'],
  }: { env?: Record<string, string>; stdio?: SpawnOptions['stdio'] } = {},
) {
  return spawn(process.execPath, [join(REPO, 'bin/sigctl'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    stdio,
  });
}

export function sigctl(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return collect(spawnSigctl(cwd, args, { env }));
}
