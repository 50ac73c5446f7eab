import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { orderSegments } from '../../../src/logs/segments.js';
import { isWithin } from '../deeds.js';
import { readAcked } from '../evidence.js';
import { SERVICES, type ServiceName } from '../services.js';
import type { World } from '../world.js';
import type { Violation } from './violation.js';

/** Around a full disk: the moment of a write and of its note differ a little. */
const MARGIN_MS = 1_000;

/** Every line that was printed is in the log once, in order, across rotations; and no two runs wrote at the same time. */
export function checkLines(world: World): readonly Violation[] {
  return SERVICES.flatMap((service) => {
    const seen = parseNumbers(readStream(join(world.root, 'logs'), service));
    return [...orderFaults(service, seen), ...lossFaults(world, service, seen)];
  });
}

/** A numbered line: which run printed it, and its number there. */
export interface Numbered {
  readonly run: string;
  readonly seq: number;
}

export function parseNumbers(text: string): readonly Numbered[] {
  return [...text.matchAll(/@(\d+-\d+):(\d+);/g)].map(([, run = '', seq]) => ({ run, seq: Number(seq) }));
}

export function orderFaults(service: string, seen: readonly Numbered[]): readonly Violation[] {
  const last = new Map<string, number>();
  let current = '';
  const faults: Violation[] = [];
  for (const { run, seq } of seen) {
    const before = last.get(run);
    if (run !== current && before !== undefined) {
      faults.push({
        rule: 'one run writes at a time',
        evidence: `${service}: ${run} wrote line ${seq} after ${current} had begun`,
      });
    }
    if (before !== undefined && seq <= before) {
      faults.push({
        rule: 'lines are in order and once',
        evidence: `${service}: ${run} has line ${seq} after line ${before}`,
      });
    }
    last.set(run, seq);
    current = run;
  }
  // One fault repeats itself for every line after it.
  return faults.slice(0, 3);
}

function lossFaults(world: World, service: ServiceName, seen: readonly Numbered[]): readonly Violation[] {
  const present = new Set(seen.map(({ run, seq }) => `${run}:${seq}`));
  const acked = readAcked(world.evidence, service);
  // While the disk is full the oldest segments go, and with them everything up to the first line that is left.
  const oldest = world.deeds.fullDisks.length > 0 ? acked.findIndex(({ run, seq }) => present.has(`${run}:${seq}`)) : 0;
  const lost = acked
    .slice(Math.max(0, oldest))
    .filter(
      ({ run, seq, uptimeMs }) =>
        !present.has(`${run}:${seq}`) && !isWithin(world.deeds.fullDisks, uptimeMs, MARGIN_MS),
    );
  if (lost.length === 0) return [];
  const sample = lost.slice(0, 5).map(({ run, seq }) => `${run}:${seq}`);
  return [
    {
      rule: 'no printed line is lost',
      evidence: `${service}: ${lost.length} lines are gone, among them ${sample.join(', ')}`,
    },
  ];
}

/** Segments, oldest first, and the live file, as one text. */
function readStream(folder: string, service: ServiceName): string {
  const live = `${service}.log`;
  const names = readdirSync(folder);
  return [...orderSegments(names, live), ...names.filter((name) => name === live)]
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    })
    .join('');
}
