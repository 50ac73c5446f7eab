import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/**
 * Writes a unit and enables it. Where it cannot be enabled the file from before is put back.
 *
 * @throws {SigctlError} `STARTUP_FAILED` (exit 1).
 */
export function installUnit(path: string, text: string, name: string, scope: UnitScope): void {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flush: true });
  try {
    systemctl(scope, ['daemon-reload']);
    systemctl(scope, ['enable', name]);
  } catch (error) {
    if (before === undefined) rmSync(path, { force: true });
    else writeFileSync(path, before);
    throw error;
  }
}

/** Disables and removes a unit; the stack runs on. @returns `false` when there was none. */
export function removeUnit(path: string, name: string, scope: UnitScope): boolean {
  if (!existsSync(path)) return false;
  systemctl(scope, ['disable', name]);
  rmSync(path, { force: true });
  systemctl(scope, ['daemon-reload']);
  return true;
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
