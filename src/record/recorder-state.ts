import { isRecord } from '../core/is-record.js';
import type { JournalPosition } from '../process/exit-journal.js';
import { readFact, writeFact } from '../store/facts.js';
import type { StatusDb } from '../store/open.js';

const FACT = 'recorder';

/** How far the flight recorder has come. */
export interface RecorderState {
  /** Rises with every write, so that two who recorded the same are told apart. */
  readonly revision: number;
  /** In the journal of exits; `undefined`: nothing was read of it yet. */
  readonly position: JournalPosition | undefined;
}

export function readRecorderState(db: StatusDb): RecorderState {
  const value = parse(readFact(db, FACT));
  if (!isRecord(value) || typeof value['revision'] !== 'number') return { revision: 0, position: undefined };
  const { revision, first, offset } = value;
  const position = typeof first === 'string' && typeof offset === 'number' ? { first, offset } : undefined;
  return { revision, position };
}

/** The caller is in the transaction that writes what was read up to there. */
export function writeRecorderState(db: StatusDb, { revision, position }: RecorderState): void {
  writeFact(db, FACT, JSON.stringify({ revision, ...position }));
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Somebody else wrote into our fact: the journal is read anew, and what is on record already is known by its process.
    return undefined;
  }
}
