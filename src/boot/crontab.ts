import { spawnSync } from 'node:child_process';
import { EXIT, SigctlError } from '../errors.js';

/** Puts lines into this user's crontab, in place of those that end with `mark`. @throws {SigctlError} `STARTUP_FAILED`. */
export function installCronLines(lines: readonly string[], mark: string): void {
  write([...readLines().filter((other) => !other.endsWith(mark)), ...lines]);
}

/** @returns `false` when there was no such line. @throws {SigctlError} `STARTUP_FAILED`. */
export function removeCronLines(mark: string): boolean {
  if (isWithoutCron()) return false;
  const lines = readLines();
  const others = lines.filter((line) => !line.endsWith(mark));
  if (others.length === lines.length) return false;
  write(others);
  return true;
}

/** Where there is no crontab(1), no line can have been put. */
function isWithoutCron(): boolean {
  const { error } = spawnSync('crontab', ['-l'], { stdio: 'ignore' });
  return error !== undefined && isMissing(error);
}

function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT';
}

function readLines(): readonly string[] {
  const { status, stdout, stderr, error } = spawnSync('crontab', ['-l'], { encoding: 'utf8' });
  if (error !== undefined) throw failed(describe(error));
  // "no crontab for ann" is how it says that there is none yet.
  if (status !== 0 && !/no crontab/i.test(stderr)) throw failed(stderr.trim());
  return status === 0 ? stdout.split('\n').filter((line, index, all) => line !== '' || index < all.length - 1) : [];
}

function write(lines: readonly string[]): void {
  const { status, stderr, error } = spawnSync('crontab', ['-'], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
  if (error !== undefined || status !== 0) throw failed(error === undefined ? stderr.trim() : describe(error));
}

function describe(error: Error): string {
  return isMissing(error) ? 'there is no crontab(1) here' : error.message;
}

function failed(why: string): SigctlError {
  return new SigctlError(`Cannot change the crontab: ${why}`, {
    code: 'STARTUP_FAILED',
    hint: 'Install cron, or call "sigctl start --boot" from whatever starts programs at boot here; sigctl startup --print --cron shows the line',
    exitCode: EXIT.failed,
  });
}
