import { spawn } from 'node:child_process';
import type { TopOutcome } from '../../core/top/top-state.js';
import { cleanText } from '../../render/clean-text.js';

/** Enough for the lines that tell something; the rest is in `sigctl history`. */
const MOST_CHARACTERS = 20_000;

/**
 * Runs `sigctl <args>` as a command of its own, which goes on when this process ends. Never rejects.
 *
 * @param program What stands before the arguments: node and the script, and options such as `--config`.
 */
export function runSigctl(program: readonly string[], args: readonly string[]): Promise<TopOutcome> {
  const [file = '', ...before] = program;
  return new Promise((resolve) => {
    // In a group of its own: what stops or hangs up this job does not concern it.
    const child = spawn(file, [...before, ...args, '--no-color'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out = keep(said.out + text)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err = keep(said.err + text)));
    child.once('error', (error) => resolve({ args, isDone: false, text: error.message }));
    child.once('close', (code, signal) => resolve({ args, isDone: code === 0, text: tellOutcome(said, code, signal) }));
    child.unref();
    for (const pipe of [child.stdout, child.stderr])
      if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  });
}

/** The line to show: results where it went well, the first bad one where it did not. */
export function tellOutcome(
  { out, err }: { readonly out: string; readonly err: string },
  code: number | null,
  signal: string | null,
): string {
  const results = telling(out);
  if (code === 0) return results.slice(0, 3).join(', ') || 'done';
  const end = signal ?? `exit code ${code}`;
  const bad =
    results.find((line) => line.startsWith('✖')) ??
    telling(err).find((line) => !line.startsWith('note:')) ??
    results[0];
  return `${bad ?? 'failed'} (${end})`;
}

function telling(text: string): readonly string[] {
  return cleanText(text, false)
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .map((line) => line.trim().replaceAll(/\s+/g, ' '));
}

function keep(text: string): string {
  return text.slice(-MOST_CHARACTERS);
}
