import type { StatusRow } from './status-row.js';

/** An instant as it was written, and where it lies by the clock of now. Both epoch milliseconds. */
export interface Redate {
  readonly wroteMs: number;
  readonly isMs: number;
}

/** The instants of one row that were written before the clock was set. */
export interface RedatedRow {
  readonly service: string;
  readonly instance: string;
  readonly heartbeat: Redate;
  readonly progress: Redate | null;
}

/** Less than this is a clock that is kept right, and no step. */
export const MIN_STEP_MS = 1_000;

export interface ClockStep {
  /** How far the wall clock went beyond the time that passed; negative: it was set back. */
  readonly stepMs: number;
  /** The wall clock, after it. */
  readonly nowMs: number;
  /** The rows as they were seen last before it, and as they are now. */
  readonly before: readonly StatusRow[];
  readonly rows: readonly StatusRow[];
  /** What an earlier step left. */
  readonly known: readonly RedatedRow[];
}

/**
 * Where the instants of every row lie by the clock of now, once it was set or the machine slept. Pure. A value that has not changed
 * since the last look was written before the step; of one that has, the reading that is nearer to now is taken.
 */
export function planRedating({ stepMs, nowMs, before, rows, known }: ClockStep): readonly RedatedRow[] {
  return rows.map((row) => {
    const { service, instance } = row;
    const was = before.find((other) => isSameRow(other, row));
    const old = known.find((other) => isSameRow(other, row));
    const redate = (wroteMs: number, wasMs: number | null | undefined, earlier: Redate | null | undefined): Redate => {
      const moved = redated(wroteMs, earlier) + stepMs;
      const isOlder = wroteMs === wasMs || Math.abs(nowMs - moved) < Math.abs(nowMs - wroteMs);
      return { wroteMs, isMs: isOlder ? moved : wroteMs };
    };
    return {
      service,
      instance,
      heartbeat: redate(row.heartbeatAtMs, was?.heartbeatAtMs, old?.heartbeat),
      progress: row.progressAtMs === null ? null : redate(row.progressAtMs, was?.progressAtMs, old?.progress),
    };
  });
}

/** Rows by the clock of now, when the watchdog has not seen the last step yet; 0: it has, or there was none. */
export function redateRows(
  rows: readonly StatusRow[],
  known: readonly RedatedRow[],
  { stepMs, nowMs }: Pick<ClockStep, 'stepMs' | 'nowMs'>,
): StatusRow[] {
  const moved = stepMs === 0 ? known : planRedating({ stepMs, nowMs, before: [], rows, known });
  return rows.map((row) => redate(row, moved));
}

/** The row with the instants that it would have, had the clock always been as it is now. A value that was written since stands. */
export function redate(row: StatusRow, known: readonly RedatedRow[]): StatusRow {
  const found = known.find((other) => isSameRow(other, row));
  if (found === undefined) return row;
  return {
    ...row,
    heartbeatAtMs: redated(row.heartbeatAtMs, found.heartbeat),
    progressAtMs: row.progressAtMs === null ? null : redated(row.progressAtMs, found.progress),
  };
}

function redated(wroteMs: number, known: Redate | null | undefined): number {
  return known != null && known.wroteMs === wroteMs ? known.isMs : wroteMs;
}

type RowName = Pick<StatusRow, 'service' | 'instance'>;

function isSameRow(a: RowName, b: RowName): boolean {
  return a.service === b.service && a.instance === b.instance;
}
