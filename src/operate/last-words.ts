import { maskSecrets } from '../core/mask.js';
import { readSince } from '../process/read-since.js';

const LINES = 10;

/** The last lines that a log got since `fromByte`. What a terminal or a CI job shows is kept by others: without secrets. */
export function readLastWords(log: string, fromByte: number, secrets: readonly string[]): readonly string[] {
  return readSince(log, fromByte)
    .split('\n')
    .filter(Boolean)
    .slice(-LINES)
    .map((line) => maskSecrets(line, secrets));
}
