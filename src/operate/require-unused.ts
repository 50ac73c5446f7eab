import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, SigctlError } from '../errors.js';
import type { HomePaths } from '../process/home.js';
import { readLockHolders } from '../process/lock-holders.js';
import { readCommandLine } from '../process/proc-stat.js';

/** A command that only looks closes the databases again within this; anything else has to be told to the operator. */
const RELEASE_WITHIN_MS = 10_000;
const POLL_MS = 100;

/**
 * Waits until no other process has any of these files below `.sigctl` open: one that had would go on in the old database, and
 * might tear the new one.
 *
 * @throws {SigctlError} `DATABASE_IN_USE` (exit 1).
 */
export async function requireUnused(paths: HomePaths, files: readonly string[]): Promise<void> {
  const home = realpathSync(paths.home);
  // The kernel names files by their real path.
  const real = files.map((file) => join(home, file.slice(paths.home.length))).filter((file) => existsSync(file));
  const startedAt = performance.now();
  for (;;) {
    const pids = new Set([...readLockHolders(real).values()].flat().filter((pid) => pid !== process.pid));
    const [first] = pids;
    if (first === undefined) return;
    if (performance.now() - startedAt >= RELEASE_WITHIN_MS) throw inUse(first);
    await sleep(POLL_MS);
  }
}

function inUse(pid: number): SigctlError {
  return new SigctlError(`a database is open in another process: pid ${pid} (${readCommandLine(pid)})`, {
    code: 'DATABASE_IN_USE',
    hint: `End it (kill ${pid}), and try again`,
    exitCode: EXIT.failed,
  });
}
