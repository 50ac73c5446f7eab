import { readFileSync } from 'node:fs';
import { isRecord } from '../core/is-record.js';
import { readFact, writeFact } from './facts.js';
import type { StatusDb } from './open.js';

/** Both clocks of the machine, read in one go. */
export interface ClockReading {
  /** The wall clock. Epoch milliseconds. */
  readonly nowMs: number;
  /** How far it is ahead of CLOCK_MONOTONIC: the same at all times of one boot, unless it was set or the machine slept. */
  readonly aheadMs: number;
  readonly bootId: string;
}

/** A process that is stopped between the two has read two different moments. */
const ONE_GO_MS = 50;
const NS_PER_MS = 1_000_000n;

let bootId: string | undefined;

/** `undefined` where this process was stopped meanwhile, or the machine does not tell its boots apart. */
export function readClocks(): ClockReading | undefined {
  try {
    // As no process outlives its boot.
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // No Linux: then instants stand as they were written.
    return undefined;
  }
  // The one clock of all processes; `performance.now()` begins anew in each.
  const fromMs = Number(process.hrtime.bigint() / NS_PER_MS);
  const nowMs = Date.now();
  const tookMs = Number(process.hrtime.bigint() / NS_PER_MS) - fromMs;
  return tookMs <= ONE_GO_MS ? { nowMs, aheadMs: nowMs - fromMs, bootId } : undefined;
}

const FACT = 'clock_anchor';

/** How far the wall clock was ahead when the watchdog looked last, of this boot; `undefined` when it never did. */
export function readAnchorMs(db: StatusDb, clock: Pick<ClockReading, 'bootId'>): number | undefined {
  const text = readFact(db, FACT);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || value['bootId'] !== clock.bootId) return undefined;
    return typeof value['aheadMs'] === 'number' ? value['aheadMs'] : undefined;
  } catch {
    // Somebody else wrote into our fact.
    return undefined;
  }
}

export function writeAnchor(db: StatusDb, { aheadMs, bootId: boot }: ClockReading): void {
  writeFact(db, FACT, JSON.stringify({ aheadMs, bootId: boot }));
}
