/** One file of a log that is no longer written to: a rotated segment, perhaps compressed. */
export interface LogPart {
  readonly path: string;
  readonly bytes: number;
  /** Epoch milliseconds of the last line in it. */
  readonly writtenAtMs: number;
  /** A process still has it open for writing: a late line could come, so it is neither compressed nor removed. */
  readonly inUse: boolean;
}

/** What decides whether the live file of a log is rotated. */
export interface LiveLog {
  readonly bytes: number;
  /** Epoch milliseconds since which its first line may be in it. */
  readonly sinceMs: number;
}

/** Whether the live file is above its size, or its first line above its age. An empty file is never rotated. */
export function isRotationDue(
  live: LiveLog,
  policy: { readonly maxBytes: number; readonly maxAgeMs: number | undefined },
  nowMs: number,
): boolean {
  if (live.bytes === 0) return false;
  return live.bytes > policy.maxBytes || (policy.maxAgeMs !== undefined && nowMs - live.sinceMs > policy.maxAgeMs);
}

/**
 * The parts of one log that go so that it keeps to its total, oldest first. The live file counts and never goes.
 *
 * @param parts Oldest first.
 */
export function pickAboveTotal(parts: readonly LogPart[], liveBytes: number, keepBytes: number): readonly LogPart[] {
  const totalBytes = parts.reduce((sum, { bytes }) => sum + bytes, liveBytes);
  return pickOldest(parts, totalBytes - keepBytes);
}

/**
 * The parts that go when the disk is nearly full: the oldest across all logs, until `missingBytes` are free.
 *
 * @param logs Of each log its parts, oldest first: that order holds, whatever the clock said when they were written.
 */
export function pickForSpace(logs: readonly (readonly LogPart[])[], missingBytes: number): readonly LogPart[] {
  const rest = logs.map((parts) => parts.filter(({ inUse }) => !inUse));
  const inOrder: LogPart[] = [];
  for (;;) {
    const [oldest] = rest
      .filter((parts) => parts.length > 0)
      .sort((left, right) => (left[0]?.writtenAtMs ?? 0) - (right[0]?.writtenAtMs ?? 0));
    const part = oldest?.shift();
    if (part === undefined) return pickOldest(inOrder, missingBytes);
    inOrder.push(part);
  }
}

function pickOldest(parts: readonly LogPart[], bytesToFree: number): readonly LogPart[] {
  const picked: LogPart[] = [];
  let missing = bytesToFree;
  for (const part of parts) {
    if (missing <= 0) break;
    if (part.inUse) continue;
    picked.push(part);
    missing -= part.bytes;
  }
  return picked;
}

/** Above this share of the limit a low disk counts as recovered: one that hovers at the limit must not alert for ever. */
const RECOVERED_SHARE = 1.1;

/** Whether the disk counts as nearly full, given whether it did before. */
export function isDiskLow(freeBytes: number, minFreeBytes: number, wasLow: boolean): boolean {
  return freeBytes < minFreeBytes * (wasLow ? RECOVERED_SHARE : 1);
}
