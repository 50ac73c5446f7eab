import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { UnitScope } from '../core/boot-unit.js';
import { EXIT, SigctlError } from '../errors.js';

/** Whether this machine was booted by systemd (sd_booted(3)). */
export function hasSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/** Where an administrator's units lie (systemd.unit(5)). */
export function unitPath(name: string, scope: UnitScope, configHome: string): string {
  return scope === 'system' ? join('/etc/systemd/system', name) : join(configHome, 'systemd/user', name);
}

/** A file of a unit. */
export interface UnitFile {
  readonly path: string;
  readonly text: string;
  /** `at boot`: it starts then. `now`: now as well. `never`: another unit starts it. */
  readonly starts: 'at boot' | 'now' | 'never';
}

/**
 * Writes units and enables them. Where one cannot be enabled the files from before are put back.
 *
 * @throws {SigctlError} `STARTUP_FAILED` (exit 1).
 */
export function installUnits(files: readonly UnitFile[], scope: UnitScope): void {
  const before = files.map(({ path }) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined));
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flush: true });
  }
  try {
    systemctl(scope, ['daemon-reload']);
    for (const { path, starts } of files)
      if (starts !== 'never') systemctl(scope, ['enable', ...(starts === 'now' ? ['--now'] : []), basename(path)]);
  } catch (error) {
    for (const [index, { path }] of files.entries()) {
      const text = before[index];
      if (text === undefined) rmSync(path, { force: true });
      else writeFileSync(path, text);
    }
    throw error;
  }
}

/** Disables and removes units, those that were started by their kind too; the stack runs on. @returns `false` when there was none. */
export function removeUnits(files: readonly Omit<UnitFile, 'text'>[], scope: UnitScope): boolean {
  const present = files.filter(({ path }) => existsSync(path));
  for (const { path, starts } of present)
    if (starts !== 'never') systemctl(scope, ['disable', ...(starts === 'now' ? ['--now'] : []), basename(path)]);
  for (const { path } of present) rmSync(path, { force: true });
  if (present.length > 0) systemctl(scope, ['daemon-reload']);
  return present.length > 0;
}

/** A user's manager runs from boot on only when lingering is enabled; else it starts with the first login. */
export function enableLinger(user: string): boolean {
  return spawnSync('loginctl', ['enable-linger', user], { stdio: 'ignore' }).status === 0;
}

function systemctl(scope: UnitScope, words: readonly string[]): void {
  const args = [...(scope === 'user' ? ['--user'] : []), ...words];
  const { status, stderr, error } = spawnSync('systemctl', args, { encoding: 'utf8' });
  if (status === 0) return;
  const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  throw new SigctlError(`Cannot run "systemctl ${args.join(' ')}": ${why || `exit code ${status}`}`, {
    code: 'STARTUP_FAILED',
    hint: 'sigctl startup --print shows the unit, to be installed by hand; sigctl startup --cron does without systemd',
    exitCode: EXIT.failed,
  });
}
