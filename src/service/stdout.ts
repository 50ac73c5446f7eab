import { writeSync } from 'node:fs';

const STDOUT = 1;
/** A reader that takes nothing for this long gets no more of the line: a full pipe must not stop the service for good. */
const FULL_PIPE_PAUSES = 200;
const FULL_PIPE_PAUSE_MS = 5;

/** Where log lines go: written when the call returns, so that a line before an exit or a crash is never lost. */
export interface LineSink {
  write(text: string): void;
}

/**
 * A file descriptor (standard output by default) without a buffer and without errors. A closed pipe (EPIPE), a gone terminal (EIO)
 * and a full disk (ENOSPC) lose the line and leave the service running; the next line is tried afresh.
 */
export function stdoutSink(fd: number = STDOUT): LineSink {
  let stuck = false;
  return {
    write(text) {
      try {
        // Waiting again for a reader that was given up on would cost the service a second for every line.
        stuck = !writeAll(fd, Buffer.from(text), stuck ? 0 : FULL_PIPE_PAUSES);
      } catch {
        // There is nowhere left to report that reporting failed.
      }
    },
  };
}

/** @returns Whether everything was written; `false` when the pipe stayed full. */
function writeAll(fd: number, bytes: Buffer, pauses: number): boolean {
  let written = 0;
  let paused = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (!isFull(error)) throw error;
      if (paused++ >= pauses) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_PAUSE_MS);
    }
  }
  return true;
}

/** Node makes pipes non-blocking, so a full one answers EAGAIN instead of waiting. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
