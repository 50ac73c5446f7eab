import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** More than any answer of sigctl, little enough to hold in memory. */
const OUTPUT_LIMIT_BYTES = 256 * 1024;

/** How the command ended. `unfinished`: it still runs after the deadline, and goes on. */
export type SigctlRun =
  | { readonly kind: 'exited'; readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'unfinished'; readonly afterMs: number }
  | { readonly kind: 'unstartable'; readonly reason: string };

export interface SigctlCall {
  readonly bin: string;
  readonly args: readonly string[];
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly answerWithinMs: number;
}

/**
 * Runs sigctl as a process of its own session, which outlives this one: the website may die, or be restarted, in the middle.
 * Its output goes to nameless files and not to pipes, because a pipe would break under it when the website dies.
 */
export function runSigctl(call: SigctlCall): Promise<SigctlRun> {
  const [stdout, stderr] = [openNamelessFile(), openNamelessFile()];
  const ending = new AbortController();
  return new Promise<SigctlRun>((resolve) => {
    const { bin, args, env, cwd, answerWithinMs } = call;
    const child = spawn(bin, args, { cwd, env, detached: true, stdio: ['ignore', stdout, stderr] });
    const deadline = setTimeout(() => resolve({ kind: 'unfinished', afterMs: answerWithinMs }), answerWithinMs);
    child.once('error', (error) => resolve({ kind: 'unstartable', reason: error.message }));
    const onExit = (exitCode: number | null) =>
      resolve({ kind: 'exited', exitCode, stdout: readTail(stdout), stderr: readTail(stderr) });
    child.once('exit', onExit);
    ending.signal.addEventListener('abort', () => {
      clearTimeout(deadline);
      // The files are closed: whoever ends after the deadline must not be read any more.
      child.off('exit', onExit);
    });
    child.unref();
  }).finally(() => {
    ending.abort();
    closeSync(stdout);
    closeSync(stderr);
  });
}

function openNamelessFile(): number {
  const path = join(tmpdir(), `sigctl-website-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

function readTail(file: number): string {
  const { size } = fstatSync(file);
  const length = Math.min(size, OUTPUT_LIMIT_BYTES);
  const buffer = Buffer.alloc(length);
  return buffer.toString('utf8', 0, readSync(file, buffer, 0, length, size - length));
}
