import { readDesired } from './desired.js';
import { deleteFact, readFact, writeFact } from './facts.js';
import type { StatusDb } from './open.js';

const FACT = 'boot';

/**
 * The services to start at boot: those that ran when the machine was shut down in order, else (a power cut) those that are wanted.
 * A shutdown stops services without anybody not wanting them any more.
 */
export function readBootServices(db: StatusDb): readonly string[] {
  const kept = parse(readFact(db, FACT));
  if (kept !== undefined) return kept;
  return readDesired(db)
    .filter(({ wanted }) => wanted === 'running')
    .map(({ service }) => service);
}

/** Keeps what is to run after the next boot; before the first service is stopped, for a shutdown has little time. */
export function keepBootServices(db: StatusDb): void {
  writeFact(db, FACT, JSON.stringify(readBootServices(db)));
}

/** An operator decided anew: what is wanted counts again. */
export function forgetBootServices(db: StatusDb): void {
  deleteFact(db, FACT);
}

function parse(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(String) : undefined;
  } catch {
    // Somebody else wrote into our fact: what is wanted counts.
    return undefined;
  }
}
