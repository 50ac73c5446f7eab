import { type ProcessIdentity, processName } from '../core/observed-process.js';
import { readFact, writeFact } from './facts.js';
import type { StatusDb } from './open.js';

const FACT = 'unready';

/** Processes that did not become ready in time, by key, as `pid start-token`: a start that failed is not forgotten when it returns. */
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

/** Whether this very process is on record as not ready. */
export function isUnready(unready: UnreadyProcesses, key: string, identity: ProcessIdentity): boolean {
  return unready[key] === processName(identity);
}

/** Notes how the wait for a process ended. The caller holds the stack's lock. */
export function recordReadiness(db: StatusDb, key: string, identity: ProcessIdentity, isReady: boolean): void {
  const { [key]: _, ...others } = readUnready(db);
  writeFact(db, FACT, JSON.stringify(isReady ? others : { ...others, [key]: processName(identity) }));
}
