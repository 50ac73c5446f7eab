/** PM2's worker ended a process for its memory. */
export interface MemoryOrder {
  readonly memoryBytes: number;
  readonly limitBytes: number;
}

const EXCEEDS = /Process (\d+) restarted because it exceeds .*current_memory=(\d+) max_memory_limit=(\d+)/;
const STOPPING = /Stopping app:(.+) id:(\d+)\s*$/;

/**
 * The last order of PM2's own worker to restart this app for its memory, if that was the last time PM2 stopped it (lib/Worker.js
 * names the id, lib/God/ActionMethods.js right after it the name).
 *
 * @param text The end of the daemon's log.
 */
export function findMemoryOrder(text: string, name: string): MemoryOrder | undefined {
  const lines = text.split('\n');
  const stopped = lines.findLastIndex((line) => STOPPING.exec(line)?.[1] === name);
  const id = STOPPING.exec(lines[stopped] ?? '')?.[2];
  const stops = lines.slice(0, Math.max(stopped, 0));
  // Only what came after the stop before this one is about this one.
  const before = stops.findLastIndex((line) => STOPPING.exec(line)?.[1] === name);
  const order = stops
    .slice(before + 1)
    .map((line) => EXCEEDS.exec(line))
    .findLast((match) => match !== null && match[1] === id);
  return order === undefined || order === null
    ? undefined
    : { memoryBytes: Number(order[2]), limitBytes: Number(order[3]) };
}
