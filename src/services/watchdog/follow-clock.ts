import { formatDuration } from '../../core/duration.js';
import { planRedating } from '../../core/redating.js';
import type { StatusRow } from '../../core/status-row.js';
import { recordEvent } from '../../store/events.js';
import { readRedatedRows, writeRedatedRows } from '../../store/redated-rows.js';
import type { WatchContext } from './context.js';

/** Between two looks a clock that is only kept right goes astray by less than a millisecond. */
const MIN_STEP_MS = 1_000;
/** Both clocks are to be read in one go; a process that is stopped in between has read two different moments. */
const ONE_GO_MS = 50;

type ClockContext = Pick<WatchContext, 'db' | 'nowMs' | 'monotonicMs' | 'log' | 'version'>;

/**
 * Notices that the wall clock was set, or that the machine slept, and writes down where the instants of the status table lie by the
 * clock of now: all who read it see true ages, not only the watchdog.
 *
 * @returns What is to be called with the rows of each look. What it cannot write it tries again at the next one.
 */
export function createClockFollower(context: ClockContext): (rows: readonly StatusRow[]) => void {
  let before: { readonly aheadMs: number; readonly rows: readonly StatusRow[] } | undefined;
  return (rows) => {
    const aheadMs = readAheadMs(context);
    if (aheadMs === undefined) return;
    const stepMs = before === undefined ? 0 : Math.round(aheadMs - before.aheadMs);
    if (before !== undefined && Math.abs(stepMs) >= MIN_STEP_MS) {
      try {
        noteStep(context, { stepMs, before: before.rows, rows });
      } catch (error) {
        context.log.trouble('cannot write down that the clock was set', error);
        return;
      }
    }
    before = { aheadMs, rows };
  };
}

/** How far the wall clock is ahead of CLOCK_MONOTONIC: the same at all times, unless one was set or the other stood still. */
function readAheadMs({ nowMs, monotonicMs }: ClockContext): number | undefined {
  const fromMs = monotonicMs();
  const wallMs = nowMs();
  return monotonicMs() - fromMs <= ONE_GO_MS ? wallMs - fromMs : undefined;
}

function noteStep(
  { db, nowMs, log, version }: ClockContext,
  seen: { readonly stepMs: number; readonly before: readonly StatusRow[]; readonly rows: readonly StatusRow[] },
): void {
  const atMs = nowMs();
  const { stepMs } = seen;
  const how = stepMs > 0 ? 'ahead (set, or the machine slept)' : 'back';
  const reason = `the clock went ${formatDuration(Math.abs(stepMs))} ${how}: ages are counted on as before`;
  db.transaction(() => {
    writeRedatedRows(db, planRedating({ ...seen, nowMs: atMs, known: readRedatedRows(db) }));
    recordEvent(db, {
      ...{ atMs, service: 'stack', kind: 'clock-step', actor: 'watchdog', version },
      detail: { reason, stepMs },
    });
  }).immediate();
  log.warn(reason, { stepMs });
}
