import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcStat } from '../../src/process/proc-stat.js';
import { type BenchStack, IDLE, sigctlStack } from './stack.js';

const SETTLE_MS = 5_000;
const MANY = 50;
const NS_PER_S = 1e9;
/** One service after the other, at about one a second. */
const TAKEN_BACK_WITHIN_MS = 300_000;
const POLL_MS = 250;

/** What the watchdog took while it looked after so many idle services. */
export interface WatchdogCost {
  readonly services: number;
  readonly rssMb: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly afterPm2Death: WatchdogMemory;
}

/** Of the watchdog that has taken all services back under a new PM2 daemon. */
interface WatchdogMemory {
  readonly rssMb: number;
  /** At any moment meanwhile. */
  readonly peakRssMb: number;
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
  for (const { services, rssMb, cpuPercent, afterPm2Death } of costs) {
    const after = `${afterPm2Death.rssMb.toFixed(1)} MB, at most ${afterPm2Death.peakRssMb.toFixed(1)} MB`;
    console.log(
      `watchdog of ${services} idle services: ${rssMb.toFixed(1)} MB RSS, ${cpuPercent.toFixed(2)} % of one core; after PM2's death: ${after}`,
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
    const pid = pidOf(stack, 'watchdog');
    const before = runNs(pid);
    await sleep(seconds * 1_000);
    const cpuPercent = ((runNs(pid) - before) / NS_PER_S / seconds) * 100;
    const rssMb = memoryMb(pid, 'VmRSS');
    return { services: services.length, rssMb, cpuPercent, afterPm2Death: await killPm2(stack) };
  } finally {
    stack.tearDown();
  }
}

/** Kills PM2's daemon, and waits until the watchdog, which begins anew under the next one, has taken all services back. */
async function killPm2(stack: BenchStack): Promise<WatchdogMemory> {
  const before = pidOf(stack, 'pm2');
  process.kill(before, 'SIGKILL');
  const isBack = (key: string): boolean => {
    const daemon = pidOf(stack, 'pm2');
    return daemon !== before && readProcStat(pidOf(stack, key))?.ppid === daemon;
  };
  const endMs = performance.now() + TAKEN_BACK_WITHIN_MS;
  while (![...stack.services, 'watchdog'].every(isBack)) {
    if (performance.now() > endMs) throw new Error(`The services are not back after ${TAKEN_BACK_WITHIN_MS / 1_000} s`);
    await sleep(POLL_MS);
  }
  await sleep(SETTLE_MS);
  const pid = pidOf(stack, 'watchdog');
  return { rssMb: memoryMb(pid, 'VmRSS'), peakRssMb: memoryMb(pid, 'VmHWM') };
}

/** 0 while there is no PID file. */
function pidOf({ home }: BenchStack, key: string): number {
  try {
    return Number(readFileSync(join(home, `.sigctl/run/${key}.pid`), 'utf8'));
  } catch {
    // Its successor has not written one yet.
    return 0;
  }
}

/** Time on the processor of all its threads, as the scheduler counts it: the ticks of `stat` are too coarse for so little. */
function runNs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, ns) => sum + ns, 0);
}

function memoryMb(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
}
