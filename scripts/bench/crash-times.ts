import { withBareWorkers } from './bare-workers.js';
import { median } from './median.js';
import type { BenchStack } from './stack.js';
import { preciseNowMs, readStamps, waitForStamp } from './stamps.js';

export interface CrashTimes {
  readonly runs: number;
  /** Medians, in milliseconds, up to the first line of the service's own code. */
  readonly bareBootMs: number;
  readonly sigctlMs: number;
  readonly pm2Ms: number;
}

/** Each service is killed this often: a supervisor that waits longer after each crash is measured before that shows. */
const ROUNDS = 2;

/** Times SIGKILL to running again, for each service of both stacks, and a bare boot of the same script beside each. */
export async function timeCrashes(sigctl: BenchStack, pm2: BenchStack): Promise<CrashTimes> {
  const bare: number[] = [];
  const behindSigctl: number[] = [];
  const behindPm2: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const service of sigctl.services) {
      bare.push(await timeBareBoot());
      behindSigctl.push(await timeCrash(sigctl.stampsOf(service)));
      behindPm2.push(await timeCrash(pm2.stampsOf(service)));
    }
  }
  return {
    runs: bare.length,
    bareBootMs: median(bare),
    sigctlMs: median(behindSigctl),
    pm2Ms: median(behindPm2),
  };
}

async function timeCrash(stampFile: string): Promise<number> {
  const stamps = readStamps(stampFile);
  const running = stamps.at(-1);
  if (running === undefined) throw new Error(`Nothing runs that writes to "${stampFile}"`);
  const killedAtMs = preciseNowMs();
  process.kill(running.pid, 'SIGKILL');
  return (await waitForStamp(stampFile, stamps.length + 1)).atMs - killedAtMs;
}

async function timeBareBoot(): Promise<number> {
  const startedAtMs = preciseNowMs();
  const stamp = await withBareWorkers(1, ([file = '']) => waitForStamp(file, 1));
  return stamp.atMs - startedAtMs;
}
