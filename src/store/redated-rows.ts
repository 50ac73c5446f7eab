import { isRecord } from '../core/is-record.js';
import type { Redate, RedatedRow } from '../core/redating.js';
import { readFact, writeFact } from './facts.js';
import type { StatusDb } from './open.js';

const FACT = 'redated_rows';

/** What the last step of the clock did to instants that were written before it; empty when the watchdog never saw one. */
export function readRedatedRows(db: StatusDb): readonly RedatedRow[] {
  const text = readFact(db, FACT);
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.flatMap(parseRow) : [];
  } catch {
    // Somebody else wrote into our fact: rows stand as they were written.
    return [];
  }
}

export function writeRedatedRows(db: StatusDb, rows: readonly RedatedRow[]): void {
  writeFact(db, FACT, JSON.stringify(rows));
}

function parseRow(value: unknown): readonly RedatedRow[] {
  if (!isRecord(value)) return [];
  const { service, instance } = value;
  const heartbeat = parseRedate(value['heartbeat']);
  if (typeof service !== 'string' || typeof instance !== 'string' || heartbeat === null) return [];
  return [{ service, instance, heartbeat, progress: parseRedate(value['progress']) }];
}

function parseRedate(value: unknown): Redate | null {
  if (!isRecord(value)) return null;
  const { wroteMs, isMs } = value;
  return typeof wroteMs === 'number' && typeof isMs === 'number' ? { wroteMs, isMs } : null;
}
