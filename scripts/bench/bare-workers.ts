import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WORKER } from './stack.js';

/** Runs the bench's service `count` times with nobody above it, hands over their stamp files, and ends them afterwards. */
export async function withBareWorkers<T>(
  count: number,
  use: (stampFiles: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-bench-bare-'));
  const workers = Array.from({ length: count }, (_, index) => {
    const stamps = join(folder, String(index));
    const child = spawn(process.execPath, [WORKER], { env: { STAMPS: stamps }, stdio: 'ignore' });
    return { child, stamps, exited: once(child, 'exit') };
  });
  try {
    return await use(workers.map(({ stamps }) => stamps));
  } finally {
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ exited }) => exited));
    rmSync(folder, { recursive: true });
  }
}
