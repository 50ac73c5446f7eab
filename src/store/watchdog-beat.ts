import { readFact, writeFact } from './facts.js';
import type { StatusDb } from './open.js';

const FACT = 'watchdog_beat_at_ms';

/** The watchdog's own sign of life: that its process exists proves as little as with any service. */
export function writeWatchdogBeat(db: StatusDb, nowMs: number): void {
  writeFact(db, FACT, String(nowMs));
}

/** Epoch milliseconds of its last sign of life; `undefined`: none is on record. */
export function readWatchdogBeat(db: StatusDb): number | undefined {
  const atMs = Number(readFact(db, FACT) ?? Number.NaN);
  return Number.isSafeInteger(atMs) ? atMs : undefined;
}
