import { formatDuration } from '../../core/duration.js';
import { MIN_STEP_MS, planRedating } from '../../core/redating.js';
import type { StatusRow } from '../../core/status-row.js';
import { type ClockReading, readAnchorMs, readClocks, writeAnchor } from '../../store/clock-anchor.js';
import { recordEvent } from '../../store/events.js';
import { readRedatedRows, writeRedatedRows } from '../../store/redated-rows.js';
import type { WatchContext } from './context.js';

/** A clock that is only kept right goes astray slowly: now and then it is written down anew. */
const DRIFT_MS = 100;

type ClockContext = Pick<WatchContext, 'db' | 'log' | 'version'>;

/**
 * Notices that the wall clock was set, or that the machine slept, also while there was no watchdog, and writes down where the instants of
 * the status table lie by the clock of now: all who read it see true ages, not only the watchdog. How the clocks stand to each other
 * is written down too, so that a reader sees a step for itself in the moment before.
 *
 * @returns What is to be called with the rows of each look. What it cannot write it tries again at the next one.
 */
export function createClockFollower(
  context: ClockContext,
  read: () => ClockReading | undefined = readClocks,
): (rows: readonly StatusRow[]) => void {
  let anchorMs: number | undefined;
  let before: readonly StatusRow[] = [];
  return (rows) => {
    const clock = read();
    if (clock === undefined) return;
    try {
      anchorMs ??= readAnchorMs(context.db, clock);
      const stepMs = anchorMs === undefined ? 0 : clock.aheadMs - anchorMs;
      if (Math.abs(stepMs) >= MIN_STEP_MS) noteStep(context, clock, { stepMs, before, rows });
      else if (anchorMs === undefined || Math.abs(stepMs) >= DRIFT_MS) writeAnchor(context.db, clock);
      anchorMs = anchorMs === undefined || Math.abs(stepMs) >= DRIFT_MS ? clock.aheadMs : anchorMs;
      before = rows;
    } catch (error) {
      context.log.trouble('cannot write down how the clock was set', error);
    }
  };
}

function noteStep(
  { db, log, version }: ClockContext,
  clock: ClockReading,
  seen: { readonly stepMs: number; readonly before: readonly StatusRow[]; readonly rows: readonly StatusRow[] },
): void {
  const atMs = clock.nowMs;
  const { stepMs } = seen;
  const how = stepMs > 0 ? 'ahead (set, or the machine slept)' : 'back';
  const reason = `the clock went ${formatDuration(Math.abs(stepMs))} ${how}: ages are counted on as before`;
  db.transaction(() => {
    writeAnchor(db, clock);
    writeRedatedRows(db, planRedating({ ...seen, nowMs: atMs, known: readRedatedRows(db) }));
    recordEvent(db, {
      ...{ atMs, service: 'stack', kind: 'clock-step', actor: 'watchdog', version },
      detail: { reason, stepMs },
    });
  }).immediate();
  log.warn(reason, { stepMs });
}
