import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BenchApps, type BenchStack, pm2Stack, sigctlStack } from './stack.js';
import { readStamps } from './stamps.js';

const LIMIT_MB = 200;
const SAMPLE_MS = 20;
const MB = 1024 ** 2;

const LEAKING: BenchApps = {
  services: ['leaker'],
  script: fileURLToPath(new URL('leaker.cjs', import.meta.url)),
  settings: { max_memory_restart: `${LIMIT_MB}M` },
};

/** How far one supervisor let a leak go. */
export interface LeakResult {
  readonly seconds: number;
  readonly peakMb: number;
  /** Share of the time, in percent, during which the service was above its limit. */
  readonly overLimitPercent: number;
  readonly restarts: number;
}

/** Shows a service that leaks 50 MB/s under sigctl, and the same under plain PM2 with its defaults. */
export async function benchLeak({
  seconds,
  json,
}: {
  readonly seconds: number;
  readonly json: boolean;
}): Promise<void> {
  const results = {
    limitMb: LIMIT_MB,
    sigctl: await watchLeak(sigctlStack(LEAKING), seconds),
    pm2: await watchLeak(pm2Stack(LEAKING), seconds),
  };
  if (json) return console.log(JSON.stringify(results, undefined, 2));
  console.log(`A service that leaks 50 MB/s against a limit of ${LIMIT_MB} MB, watched for ${seconds} s:`);
  for (const [name, result] of Object.entries({ sigctl: results.sigctl, 'plain PM2': results.pm2 })) {
    console.log(
      `  ${name.padEnd(10)} peak ${result.peakMb.toFixed(0)} MB, above the limit ${result.overLimitPercent.toFixed(1)} % of the time, ` +
        `${result.restarts} restarts`,
    );
  }
}

async function watchLeak(stack: BenchStack, seconds: number): Promise<LeakResult> {
  const file = stack.stampsOf('leaker');
  try {
    await stack.start();
    let [peakBytes, samples, over] = [0, 0, 0];
    for (const until = performance.now() + seconds * 1_000; performance.now() < until; samples += 1) {
      const bytes = residentBytes(readStamps(file).at(-1)?.pid ?? 0);
      peakBytes = Math.max(peakBytes, bytes);
      if (bytes > LIMIT_MB * MB) over += 1;
      await sleep(SAMPLE_MS);
    }
    return {
      seconds,
      peakMb: peakBytes / MB,
      overLimitPercent: (over / samples) * 100,
      restarts: readStamps(file).length - 1,
    };
  } finally {
    stack.tearDown();
  }
}

/** 0 while it is being restarted. */
function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
