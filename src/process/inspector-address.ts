import type { InspectorAddress } from './inspector-session.js';
import { readSince } from './read-since.js';

/** node's own words, followed by the address. */
const ADDRESS = /^Debugger (?:listening|ending) on ws:\/\/127\.0\.0\.1:(\d+)\/([0-9a-f-]{36})$/gm;
const MAX_BYTES = 256 * 1024;

/** The last address of an inspector at this port that was written into a log from a place on. A log that got shorter is read whole. */
export function findInspectorAddress(log: string, port: number, fromByte: number): InspectorAddress | undefined {
  const found = [...readSince(log, fromByte, MAX_BYTES).matchAll(ADDRESS)].findLast(
    (match) => Number(match[1]) === port,
  );
  return found?.[2] === undefined ? undefined : { port, id: found[2] };
}
