import { writeWatchdogBeat } from '../../store/watchdog-beat.js';
import type { WatchContext } from './context.js';

/** A probe that had to wait longer met somebody who held the table. */
const SLOW_MS = 100;
/** Probes further apart than this prove nothing of the time between them. */
const GAP_MS = 3_000;

/** Whether services could have written their heartbeats lately: a table that is locked, or a full disk, makes all of them late. */
export interface TableProof {
  /** Writes, as a service would. To be called at each look while somebody is late. */
  readonly probe: () => void;
  /** For how long every probe has got through. */
  readonly writableForMs: () => number;
}

type ProofContext = Pick<WatchContext, 'db' | 'nowMs' | 'monotonicMs'>;

export function createTableProof({ db, nowMs, monotonicMs }: ProofContext): TableProof {
  let sinceMs: number | undefined;
  let probedAtMs = Number.NEGATIVE_INFINITY;
  return {
    probe: () => {
      const startMs = monotonicMs();
      const isWritten = tryWrite(db, nowMs());
      const isContinued = startMs - probedAtMs <= GAP_MS;
      probedAtMs = monotonicMs();
      if (!isWritten || probedAtMs - startMs > SLOW_MS) sinceMs = undefined;
      else if (sinceMs === undefined || !isContinued) sinceMs = startMs;
    },
    writableForMs: () => (sinceMs === undefined || monotonicMs() - probedAtMs > GAP_MS ? 0 : probedAtMs - sinceMs),
  };
}

/** Waits for nobody: memory is watched in the same loop. */
function tryWrite(db: ProofContext['db'], nowMs: number): boolean {
  const before = db.pragma('busy_timeout', { simple: true });
  db.pragma(`busy_timeout = ${SLOW_MS}`);
  try {
    writeWatchdogBeat(db, nowMs);
    return true;
  } catch {
    // SQLITE_BUSY, SQLITE_FULL: the sign of life, which is the same write, puts it into the log.
    return false;
  } finally {
    db.pragma(`busy_timeout = ${Number(before)}`);
  }
}
