import { writeSync } from 'node:fs';

const STDOUT = 1;
const NEWLINE = 0x0a;
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
  return descriptorSink(() => fd);
}

/** The same for a descriptor that may be another one at each line, and for bytes. */
export function descriptorSink(descriptor: () => number): { write(chunk: string | Uint8Array): void } {
  let stuck = false;
  /** Half a line stands at the end, so that the next one needs a newline before it. */
  let torn = false;
  return {
    write(chunk) {
      const line = Buffer.from(chunk);
      const bytes = torn ? Buffer.concat([Buffer.of(NEWLINE), line]) : line;
      // Waiting again for a reader that was given up on would cost the service a second for every line.
      const { written, end } = writeAll(descriptor(), bytes, stuck ? 0 : FULL_PIPE_PAUSES);
      stuck = end === 'stuck';
      if (end === 'done' || written > 0) torn = end !== 'done' && bytes[written - 1] !== NEWLINE;
    },
  };
}

interface WriteResult {
  readonly written: number;
  /** `stuck`: the pipe stayed full. `failed`: there is nowhere left to report that reporting failed. */
  readonly end: 'done' | 'stuck' | 'failed';
}

function writeAll(fd: number, bytes: Buffer, pauses: number): WriteResult {
  let written = 0;
  let paused = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (!isFull(error)) return { written, end: 'failed' };
      if (paused++ >= pauses) return { written, end: 'stuck' };
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_PAUSE_MS);
    }
  }
  return { written, end: 'done' };
}

/** Node makes pipes non-blocking, so a full one answers EAGAIN instead of waiting. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
