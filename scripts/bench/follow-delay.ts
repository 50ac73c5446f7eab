import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFolder } from './log-files.js';

/** Between two lines: a follower that reads by polling would show them late. */
const PAUSE_MS = 137;
const DEADLINE_MS = 30_000;

/** How long each of `count` lines took from its write to the follower's stdout, in milliseconds, with both logs merged. */
export async function timeFollow(sigctl: string, logs: LogFolder, count: number): Promise<readonly number[]> {
  const follower = spawn(sigctl, ['logs', '-f', '-n', '0'], { cwd: logs.folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let shown = '';
  let shownMs = 0;
  follower.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    shownMs = performance.now();
  });
  const show = async (text: string): Promise<number> => {
    const writtenMs = performance.now();
    appendFileSync(logs.pathOf('small'), `${text}\n`);
    while (!shown.includes(text)) {
      if (performance.now() - writtenMs > DEADLINE_MS) throw new Error(`"${text}" was not shown`);
      await Promise.race([once(follower.stdout, 'data'), sleep(100)]);
    }
    return shownMs - writtenMs;
  };
  try {
    // It follows once it shows a line.
    while (!shown.includes('ready')) {
      appendFileSync(logs.pathOf('small'), 'ready\n');
      await sleep(100);
    }
    const delays: number[] = [];
    for (let line = 0; line < count; line += 1) {
      await sleep(PAUSE_MS);
      delays.push(await show(`line-${line}-end`));
    }
    return delays;
  } finally {
    follower.kill('SIGINT');
  }
}
