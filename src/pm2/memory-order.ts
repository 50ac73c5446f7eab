/** PM2's worker ended a process for its memory. */
export interface MemoryOrder {
  readonly memoryBytes: number;
  readonly limitBytes: number;
}

const AT = /^(\S+): PM2 log: /;
const EXCEEDS = /Process (\d+) restarted because it exceeds .*current_memory=(\d+) max_memory_limit=(\d+)/;
const STOPPING = /Stopping app:(.+) id:(\d+)\s*$/;
/** The exit is noted by another clock reading of the same process. */
const SLACK_MS = 100;

/**
 * The order of PM2's own worker to restart this app for its memory, if that was why PM2 stopped it last before the exit at `atMs`
 * (lib/Worker.js names the id, lib/God/ActionMethods.js right after it the name).
 *
 * @param text The end of the daemon's log.
 */
export function findMemoryOrder(text: string, name: string, atMs: number): MemoryOrder | undefined {
  const lines = text.split('\n').filter((line) => !(timeOf(line) > atMs + SLACK_MS));
  const isStop = (line: string): boolean => STOPPING.exec(line)?.[1] === name;
  const stopped = lines.findLastIndex(isStop);
  if (stopped === -1) return undefined;
  const id = STOPPING.exec(lines[stopped] ?? '')?.[2];
  // Only what came after the stop before this one is about this one.
  const since = lines.slice(0, stopped).findLastIndex(isStop) + 1;
  const order = lines.slice(since, stopped).findLast((line) => EXCEEDS.exec(line)?.[1] === id);
  const [, , memory, limit] = EXCEEDS.exec(order ?? '') ?? [];
  return memory === undefined || limit === undefined
    ? undefined
    : { memoryBytes: Number(memory), limitBytes: Number(limit) };
}

/** NaN for a line without a time, which compares as neither before nor after. */
function timeOf(line: string): number {
  return Date.parse(AT.exec(line)?.[1] ?? '');
}
