import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { EXIT, SigctlError } from '../errors.js';
import { isBusy } from './database-errors.js';

const POLL_MS = 50;
const NOTE = 'stack.holder.json';

/** Who holds the lock, for the one who waits. */
export interface LockHolder {
  readonly pid: number;
  /** Start time of the process, so that nobody who has its number later is taken for it; absent where the kernel tells none. */
  readonly startToken?: string | undefined;
  /** What was typed: `start trading`. */
  readonly command: string;
}

export interface StackLockRequest {
  /** Folder of the lock, `.sigctl/run`. */
  readonly folder: string;
  readonly holder: LockHolder;
  /** 0 refuses at once. */
  readonly waitMs: number;
  /** Called once, when there is somebody to wait for. */
  readonly onWait: (other: LockHolder | undefined) => void;
  /** Ends the wait. Its reason names the signal that did, where one did: SIGTERM ends with another exit code. */
  readonly signal: AbortSignal;
}

/**
 * Takes the one lock that commands which change something hold, and returns how to release it.
 *
 * It is SQLite's own file lock on an empty database: the kernel drops it with the process, however that ends, and no
 * helper process is needed.
 *
 * @throws {SigctlError} `STACK_LOCKED` (exit 1) when somebody else still holds it after `waitMs`; `INTERRUPTED` (exit 130, or 143 after
 * SIGTERM) when the wait for somebody else was ended.
 */
export async function acquireStackLock(request: StackLockRequest): Promise<() => void> {
  mkdirSync(request.folder, { recursive: true, mode: 0o700 });
  const note = join(request.folder, NOTE);
  const startedAt = performance.now();
  for (let told = false; ; ) {
    const db = tryLock(join(request.folder, 'stack.lock.db'));
    if (db !== undefined) {
      writeFileSync(note, JSON.stringify(request.holder), { mode: 0o600 });
      return () => {
        rmSync(note, { force: true });
        db.close();
      };
    }
    const other = readHolder(note);
    if (request.signal.aborted) throw waitInterrupted(other, request.signal.reason);
    if (performance.now() - startedAt >= request.waitMs) throw locked(other, waited(request.waitMs));
    if (!told) request.onWait(other);
    told = true;
    await sleep(POLL_MS);
  }
}

/**
 * Who is changing the stack now, without taking the lock; `undefined`: nobody. A holder that was killed leaves its note behind:
 * the caller looks whether it lives.
 */
export function readStackHolder(folder: string): LockHolder | undefined {
  return readHolder(join(folder, NOTE));
}

function tryLock(path: string): Database | undefined {
  const db = new BetterSqlite3(path, { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function readHolder(path: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('command' in value)) return undefined;
    const startToken = 'startToken' in value ? String(value.startToken) : undefined;
    return { pid: Number(value.pid), startToken, command: String(value.command) };
  } catch {
    // Not written yet, or taken away this moment: the holder stays unnamed.
    return undefined;
  }
}

function waited(waitMs: number): string {
  return waitMs === 0 ? '' : ` after ${Math.round(waitMs / 1000)} s`;
}

function nameOf(other: LockHolder | undefined): string {
  return other === undefined ? 'another sigctl command' : `"sigctl ${other.command}" (pid ${other.pid})`;
}

function waitInterrupted(other: LockHolder | undefined, reason: unknown): SigctlError {
  return new SigctlError(
    `Cannot change the stack: interrupted while ${nameOf(other)} was at work; nothing was changed`,
    {
      code: 'INTERRUPTED',
      hint: 'Type it again, or see what the other one did: sigctl status',
      exitCode: reason === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted,
    },
  );
}

function locked(other: LockHolder | undefined, ended: string): SigctlError {
  return new SigctlError(`Cannot change the stack: ${nameOf(other)} is at work${ended}`, {
    code: 'STACK_LOCKED',
    hint: 'Wait for it, or give this command longer: --wait 10m',
    exitCode: EXIT.failed,
  });
}
