import { readFileSync } from 'node:fs';
import { withBareWorkers } from './bare-workers.js';
import { median } from './median.js';
import type { BenchStack } from './stack.js';
import { readStamps, waitForStamp } from './stamps.js';

/** Bytes; `pss` counts a page that n processes share as one n-th. */
export interface Footprint {
  readonly rssBytes: number;
  readonly pssBytes: number;
}

export interface MemoryPerService {
  readonly services: number;
  readonly bareNode: Footprint;
  readonly sigctl: Footprint;
  readonly pm2: Footprint;
}

/** A process of node grows for a moment after its first line. */
const SETTLE_MS = 3_000;

/** The median service of each stack beside as many bare processes of the same script, all running at once. */
export function measureMemory(sigctl: BenchStack, pm2: BenchStack): Promise<MemoryPerService> {
  return withBareWorkers(sigctl.services.length, async (stampFiles) => {
    const started = await Promise.all(stampFiles.map((file) => waitForStamp(file, 1)));
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return {
      services: sigctl.services.length,
      bareNode: medianFootprint(started.map((stamp) => stamp.pid)),
      sigctl: medianFootprint(pidsOf(sigctl)),
      pm2: medianFootprint(pidsOf(pm2)),
    };
  });
}

function pidsOf(stack: BenchStack): readonly number[] {
  return stack.services.map((service) => readStamps(stack.stampsOf(service)).at(-1)?.pid ?? Number.NaN);
}

function medianFootprint(pids: readonly number[]): Footprint {
  const footprints = pids.map(readFootprint);
  return {
    rssBytes: median(footprints.map((footprint) => footprint.rssBytes)),
    pssBytes: median(footprints.map((footprint) => footprint.pssBytes)),
  };
}

function readFootprint(pid: number): Footprint {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytesOf = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1]) * 1024;
  return { rssBytes: bytesOf('Rss'), pssBytes: bytesOf('Pss') };
}
