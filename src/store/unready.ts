import { type ProcessIdentity, processName } from '../core/observed-process.js';
import { readFact, writeFact } from './facts.js';
import type { StatusDb } from './open.js';

const FACT = 'unready';

/**
 * Processes that are not known to be ready, by key: `pid start-token` of one that was not ready in time, as a start that failed is not
 * forgotten when it returns; `awaited pid start-token` of one that a command waits for, or waited for until it was killed.
 */
export type UnreadyProcesses = Readonly<Record<string, string>>;

export function readUnready(db: StatusDb): UnreadyProcesses {
  const text = readFact(db, FACT);
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).map(([key, name]) => [key, String(name)]));
  } catch {
    // Somebody else wrote into our fact: nothing is known.
    return {};
  }
}

/** Whether this very process is on record as not ready in time. */
export function isUnready(unready: UnreadyProcesses, key: string, identity: ProcessIdentity): boolean {
  return unready[key] === processName(identity);
}

/** Whether a command began to wait for this very process, and its end is not on record. */
export function isAwaited(unready: UnreadyProcesses, key: string, identity: ProcessIdentity): boolean {
  return unready[key] === awaited(identity);
}

function awaited(identity: ProcessIdentity): string {
  return `awaited ${processName(identity)}`;
}

/** Notes that a command waits for a process. The caller holds the stack's lock. */
export function recordAwaited(db: StatusDb, key: string, identity: ProcessIdentity): void {
  writeFact(db, FACT, JSON.stringify({ ...readUnready(db), [key]: awaited(identity) }));
}

/** Notes how the wait for a process ended. The caller holds the stack's lock. */
export function recordReadiness(db: StatusDb, key: string, identity: ProcessIdentity, isReady: boolean): void {
  const { [key]: _, ...others } = readUnready(db);
  writeFact(db, FACT, JSON.stringify(isReady ? others : { ...others, [key]: processName(identity) }));
}
