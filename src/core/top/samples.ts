import type { TopLook, TopProcess } from './top-look.js';

/** A minute at one look a second. */
export const SAMPLES_KEPT = 60;

/** What one look adds to the curves of a process. `null`: unknown, a gap in the curve. */
export interface TopSample {
  /** Of one core, since the look before. */
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
  /** Steps of work per second, since the look before. */
  readonly workPerSecond: number | null;
}

/** The curves of one process, oldest sample first, and what the next sample is compared with. */
export interface Track {
  readonly samples: readonly TopSample[];
  readonly clockMs: number;
  readonly pid: number | null;
  readonly cpuMs: number | null;
  readonly progressSeq: number | null;
}

export type Tracks = ReadonlyMap<string, Track>;

/** The curves with one look more; those of processes that are no longer named are dropped. Pure. */
export function addLook(tracks: Tracks, look: TopLook): Tracks {
  return new Map(
    look.processes.map((process) => {
      const { key } = process.report;
      return [key, addSample(tracks.get(key), process, look.clockMs)];
    }),
  );
}

function addSample(track: Track | undefined, { report, cpuMs, progressSeq }: TopProcess, clockMs: number): Track {
  const before = track !== undefined && track.pid === report.pid && track.clockMs < clockMs ? track : undefined;
  const seconds = before === undefined ? 0 : (clockMs - before.clockMs) / 1_000;
  const sample: TopSample = {
    cpuPercent: toPercent(rate(before?.cpuMs, cpuMs, seconds)),
    memoryBytes: report.memoryBytes,
    workPerSecond: rate(before?.progressSeq, progressSeq, seconds),
  };
  const samples = [...(track?.samples ?? []), sample].slice(-SAMPLES_KEPT);
  return { samples, clockMs, pid: report.pid, cpuMs, progressSeq };
}

/** A counter that fell began anew (a child that ended took its processor time along): no step back. */
function rate(before: number | null | undefined, now: number | null, seconds: number): number | null {
  if (before === null || before === undefined || now === null || seconds <= 0) return null;
  return Math.max(0, now - before) / seconds;
}

function toPercent(msPerSecond: number | null): number | null {
  return msPerSecond === null ? null : msPerSecond / 10;
}
