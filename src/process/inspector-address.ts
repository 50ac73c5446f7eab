import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { InspectorAddress } from './inspector-session.js';

/** node's own words, followed by the address. */
const ADDRESS = /^Debugger (?:listening|ending) on ws:\/\/127\.0\.0\.1:(\d+)\/([0-9a-f-]{36})$/gm;
const MAX_BYTES = 256 * 1024;

/** The last address of an inspector at this port that was written into a log from a place on. A log that got shorter is read whole. */
export function findInspectorAddress(log: string, port: number, fromByte: number): InspectorAddress | undefined {
  const found = [...readFrom(log, fromByte).matchAll(ADDRESS)].findLast((match) => Number(match[1]) === port);
  return found?.[2] === undefined ? undefined : { port, id: found[2] };
}

function readFrom(path: string, fromByte: number): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // Rotated away this very moment: the next look finds the new one.
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const start = Math.max(fromByte > size ? 0 : fromByte, size - MAX_BYTES);
    const buffer = Buffer.alloc(size - start);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, start));
  } finally {
    closeSync(file);
  }
}
