import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Writable } from 'node:stream';
import { descriptorSink, type LineSink } from './stdout.js';

type ByteSink = ReturnType<typeof descriptorSink>;

const STDOUT = 1;
const STDERR = 2;
/** Two looks at a file's name are this far apart, however many lines come: a rotation waits no longer than that. */
const LOOK_EVERY_MS = 200;

export interface LogSink extends LineSink {
  /** Goes over to the file that has the log's name now, when that is another than the one it writes to. */
  followName(): void;
}

/**
 * Standard output, when it is the log file that the launcher opened for this service: written as `stdoutSink` writes, and
 * opened anew after a rotation by renaming. `undefined` where standard output is something else.
 *
 * Descriptors 1 and 2 stay with the old file: node cannot move them, and closing one would give its number to whatever is
 * opened next, a database perhaps. So `console.log` and all that JavaScript writes to them is led to the new file instead, and
 * the rotation keeps the old one for as long as it is open, for the last words of the runtime and of children.
 */
export function openLogSink(path: string, elapsedMs: () => number = () => performance.now()): LogSink | undefined {
  if (fileAt(path) === undefined || fileAt(path) !== fileOf(STDOUT)) return undefined;
  let fd = STDOUT;
  let lookedAtMs = elapsedMs();
  const followName = () => {
    lookedAtMs = elapsedMs();
    const moved = tryReopen(path, fd);
    if (moved === undefined) return;
    if (fd === STDOUT) leadStreamsTo(lines, fileOf(STDOUT) === fileOf(STDERR));
    else closeSync(fd);
    fd = moved;
  };
  const lines = descriptorSink(() => {
    if (elapsedMs() - lookedAtMs >= LOOK_EVERY_MS) followName();
    return fd;
  });
  return { write: (text) => lines.write(text), followName };
}

/**
 * Says that this process opens its log anew when the file was renamed, where whoever rotates looks for it. Only the service
 * itself may say so for its key, and not a child that inherited its environment: the launcher has written down its pid.
 */
export function announceReopening(runFolder: string, logFile: string, startToken: string | null): void {
  const key = basename(logFile, '.log');
  const target = join(runFolder, `${key}.reopens`);
  try {
    if (startToken === null || readFileSync(join(runFolder, `${key}.pid`), 'utf8').trim() !== String(process.pid))
      return;
    writeFileSync(`${target}.${process.pid}`, `${process.pid} ${startToken}\n`, { mode: 0o600 });
    renameSync(`${target}.${process.pid}`, target);
  } catch {
    // No launcher, or a full disk: then the log is rotated by copying, which says so itself.
  }
}

/** @returns a descriptor of the file that has the name now; `undefined` when that is the open one, or none can be opened. */
function tryReopen(path: string, fd: number): number | undefined {
  try {
    const now = fileAt(path);
    if (now !== undefined && now === fileOf(fd)) return undefined;
    return openSync(path, 'a', fstatSync(fd).mode & 0o777);
  } catch {
    // Full disk, no descriptor left: the old file takes the lines meanwhile, and none is lost.
    return undefined;
  }
}

/** From now on what JavaScript prints goes through the sink. Only where the stream was the log: stderr may be led elsewhere. */
function leadStreamsTo(lines: ByteSink, stderrToo: boolean): void {
  for (const stream of stderrToo ? [process.stdout, process.stderr] : [process.stdout]) lead(stream, lines);
}

function lead(stream: Writable, lines: ByteSink): void {
  stream._write = (chunk: Uint8Array | string, encoding, done) => {
    lines.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    done();
  };
}

function fileAt(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isFile() === true ? `${stats.dev}:${stats.ino}` : undefined;
}

function fileOf(fd: number): string | undefined {
  const stats = fstatSync(fd, { bigint: true });
  return stats.isFile() ? `${stats.dev}:${stats.ino}` : undefined;
}
