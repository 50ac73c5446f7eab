import { existsSync, readFileSync } from 'node:fs';

/** One start of the bench's service, by its own account. */
export interface Stamp {
  readonly pid: number;
  /** Epoch milliseconds, with a fraction. */
  readonly atMs: number;
}

const POLL_MS = 5;

/** The starts that a service has written down so far, oldest first. */
export function readStamps(file: string): readonly Stamp[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // What follows the last line break is nothing, or a line that is being written.
  return lines.slice(0, -1).map((line) => {
    const [pid, atMs] = line.split(' ').map(Number);
    return { pid: pid ?? Number.NaN, atMs: atMs ?? Number.NaN };
  });
}

/** Waits for the `count`-th start. @throws when it does not come in time. */
export async function waitForStamp(file: string, count: number, withinMs = 60_000): Promise<Stamp> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; ) {
    const stamp = readStamps(file)[count - 1];
    if (stamp !== undefined) return stamp;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`No start number ${count} in "${file}" within ${withinMs} ms`);
}

/** Now, on the clock of the stamps. */
export function preciseNowMs(): number {
  return performance.timeOrigin + performance.now();
}
