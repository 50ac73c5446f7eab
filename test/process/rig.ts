import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readTree } from '../../src/process/tree.js';

/** Generous: the machines that run tests are slow and busy. */
const DEADLINE_MS = 30_000;

/** A folder of this test's own, its path without symbolic links. */
export function tempFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sigctl-process-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a program that is gone, with all its descendants, when the test ends. */
export async function startProgram(
  t: TestContext,
  command: string,
  args: readonly string[] = [],
  stdin: 'ignore' | 'pipe' = 'ignore',
): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(command, args, { stdio: [stdin, 'pipe', 'inherit'] });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error(`"${command}" did not start`);
  t.after(() => {
    // A child that was reaped may have given its number away: only a live one is signalled.
    if (child.exitCode === null && child.signalCode === null) for (const member of readTree(pid)) kill(member);
  });
  return Object.assign(child, { pid });
}

/** Ends one process at once. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it is gone, which is what was wanted.
  }
}

/** Waits for a line of stdout, and returns it. */
export async function line(child: ChildProcess): Promise<string> {
  let text = '';
  for (const deadline = AbortSignal.timeout(DEADLINE_MS); !text.includes('\n'); ) {
    if (child.stdout === null) throw new Error('stdout is not read');
    const [chunk]: string[] = await once(child.stdout.setEncoding('utf8'), 'data', { signal: deadline });
    text += chunk;
  }
  return text.trim();
}

/** Polls until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  for (const startedAt = performance.now(); !condition(); ) {
    if (performance.now() - startedAt > DEADLINE_MS) throw new Error(`Did not come true: ${condition}`);
    await sleep(20);
  }
}
