import { spawn } from 'node:child_process';

/** What `runTool` answers for a program that does not exist, as shells do. */
export const NOT_FOUND = 127;

/**
 * Runs a small program of the system to its end, in silence. @returns its exit code; 127 when it does not exist, 128 when a signal ended it.
 *
 * @param descriptors Handed to it as descriptors 3, 4, …
 */
export function runTool(command: string, args: readonly string[], descriptors: readonly number[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', ...descriptors] });
    child.on('error', () => resolve(NOT_FOUND));
    child.on('close', (code) => resolve(code ?? 128));
  });
}
