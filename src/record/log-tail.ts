import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A stack trace and what led to it; more is in the log itself. */
const MAX_LINES = 50;
/** Per line: an event is read by people, and a hundred thousand of them are kept. */
const MAX_LINE_CHARS = 500;
/** Read backwards from the end of the process; a line longer than this is shown by its end. */
const MAX_BYTES = 64 * 1024;

/** The part of a log that one process wrote, as sizes of the file when it began and when it ended. */
export interface LogSpan {
  readonly fromByte: number;
  /** `undefined`: the process has just ended, and nobody noted where. */
  readonly toByte: number | undefined;
}

/**
 * The last lines that a process wrote, oldest first, long ones cut. Lines of the processes before it are none of its.
 * A file that is shorter than it was has been rotated since: then the lines are those at its end.
 */
export function readLogTail(path: string, { fromByte, toByte }: LogSpan): readonly string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // It never printed anything.
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const isCut = toByte !== undefined && size < toByte;
    const end = isCut ? size : (toByte ?? size);
    const own = isCut || fromByte > end ? 0 : fromByte;
    const start = Math.max(own, end - MAX_BYTES);
    const buffer = Buffer.alloc(end - start);
    const text = buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, start));
    // What stands before the first line break began earlier than what was read.
    const whole = start === own ? text : text.slice(text.indexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-MAX_LINES)
      .map(cutLine);
  } finally {
    closeSync(file);
  }
}

function cutLine(line: string): string {
  return line.length <= MAX_LINE_CHARS ? line : `${line.slice(0, MAX_LINE_CHARS - 1)}…`;
}
