import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDLE, sigctlStack } from './stack.js';

const SETTLE_MS = 5_000;
const MANY = 50;
const NS_PER_S = 1e9;

/** What the watchdog took while it looked after so many idle services. */
export interface WatchdogCost {
  readonly services: number;
  readonly rssMb: number;
  /** Of one core. */
  readonly cpuPercent: number;
}

/** Shows the watchdog's memory and processor time beside five services, and beside fifty. */
export async function benchWatchdog({
  seconds,
  json,
}: {
  readonly seconds: number;
  readonly json: boolean;
}): Promise<void> {
  const costs = [await measureCost(IDLE.services, seconds), await measureCost(names(MANY), seconds)];
  if (json) return console.log(JSON.stringify(costs, undefined, 2));
  for (const { services, rssMb, cpuPercent } of costs) {
    console.log(
      `watchdog of ${services} idle services: ${rssMb.toFixed(1)} MB RSS, ${cpuPercent.toFixed(2)} % of one core`,
    );
  }
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `service-${index + 1}`);

async function measureCost(services: readonly string[], seconds: number): Promise<WatchdogCost> {
  const stack = sigctlStack({ ...IDLE, services });
  try {
    await stack.start();
    // What it does once, at its start, is no running cost.
    await sleep(SETTLE_MS);
    const pid = readFileSync(join(stack.home, '.sigctl/run/watchdog.pid'), 'utf8');
    const before = runNs(pid);
    await sleep(seconds * 1_000);
    const cpuPercent = ((runNs(pid) - before) / NS_PER_S / seconds) * 100;
    return { services: services.length, rssMb: rssMb(pid), cpuPercent };
  } finally {
    stack.tearDown();
  }
}

/** Time on the processor of all its threads, as the scheduler counts it: the ticks of `stat` are too coarse for so little. */
function runNs(pid: string): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, ns) => sum + ns, 0);
}

function rssMb(pid: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
