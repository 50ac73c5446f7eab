import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const INSTALL_DEADLINE_MS = 300_000;

/** A project in an empty folder that has installed the packed tarball, as a stranger would. */
export interface Installation {
  readonly folder: string;
  readonly tarball: string;
  readonly remove: () => void;
}

/**
 * Packs this checkout and installs the tarball. `undefined` when no registry can be reached.
 *
 * Install scripts are off: the only one compiles better-sqlite3 for minutes. Its compiled half is copied from this checkout instead,
 * to where npm would have put it.
 */
export function installTarball(): Installation | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-install-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const tarball = packInto(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }\n');
  const install = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball];
  const { status, stderr } = spawnSync('npm', install, { cwd: folder, encoding: 'utf8', timeout: INSTALL_DEADLINE_MS });
  if (status !== 0) {
    remove();
    if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN/.test(stderr)) return undefined;
    throw new Error(`npm install of the tarball failed:\n${stderr}`);
  }
  const compiled = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
  cpSync(join(ROOT, compiled), join(folder, compiled));
  return { folder, tarball, remove };
}

/** Packs what is built; without install scripts, as `npm test` has just built it. Returns the tarball's path. */
function packInto(folder: string): string {
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed]: [{ filename: string }] = JSON.parse(execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }));
  return join(folder, packed.filename);
}
