import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord } from '../core/is-record.js';
import type { ProcessIdentity } from '../core/observed-process.js';
import { catchesSignal } from './caught-signals.js';
import { readCommandLine } from './proc-stat.js';
import { signalAll } from './signals.js';

/** What a node process tells of itself. The environment, which its report holds too, is never kept. */
export interface NodeReport {
  /** Where its code was, innermost first; empty when it was waiting for work. */
  readonly stack: readonly string[];
  readonly heapUsedBytes: number | null;
  readonly heapLimitBytes: number | null;
  /** What its event loop waits for, by libuv's words: `timer`, `tcp`, `fs_event`, … */
  readonly handles: Readonly<Record<string, number>>;
}

const SIGNAL = 'SIGUSR2';
const POLL_MS = 25;
const MAX_FRAMES = 20;

/**
 * Asks a node process for a report, and takes the file away again. Only asks one that was started to write into `folder` and has a
 * handler for the signal: any other process would die of it. `undefined`: it cannot be asked, or did not answer.
 *
 * @param withinMs A process whose event loop turns answers in milliseconds; one whose loop is blocked never does.
 */
export async function askForReport(
  process: ProcessIdentity,
  folder: string,
  withinMs: number,
): Promise<NodeReport | undefined> {
  if (!canBeAsked(process.pid, folder)) return undefined;
  takeAway(process.pid, folder);
  signalAll([process], SIGNAL);
  for (const startedAt = performance.now(); performance.now() - startedAt < withinMs; ) {
    await sleep(POLL_MS);
    const report = readReport(process.pid, folder);
    if (report !== undefined) {
      takeAway(process.pid, folder);
      return report;
    }
  }
  return undefined;
}

function canBeAsked(pid: number, folder: string): boolean {
  return readCommandLine(pid).includes(`--report-directory=${folder} `) && catchesSignal(pid, SIGNAL);
}

/** `undefined` also while it is still being written. */
function readReport(pid: number, folder: string): NodeReport | undefined {
  const file = reportsOf(pid, folder)[0];
  if (file === undefined) return undefined;
  try {
    return parseReport(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } catch {
    // Half of it: the next look sees all.
    return undefined;
  }
}

export function parseReport(value: unknown): NodeReport {
  const { javascriptStack, javascriptHeap, libuv } = asRecord(value);
  const { message, stack } = asRecord(javascriptStack);
  const heap = asRecord(javascriptHeap);
  const frames = Array.isArray(stack) ? stack.filter((frame) => typeof frame === 'string') : [];
  return {
    stack: [...(typeof message === 'string' && frames.length > 0 ? [message] : []), ...frames].slice(0, MAX_FRAMES),
    heapUsedBytes: numberOrNull(heap['usedMemory']),
    heapLimitBytes: numberOrNull(heap['memoryLimit']),
    handles: countHandles(libuv),
  };
}

function countHandles(libuv: unknown): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { type, is_active: isActive } of Array.isArray(libuv) ? libuv.map(asRecord) : []) {
    if (typeof type === 'string' && isActive === true) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** `report.<date>.<time>.<pid>.<thread>.<sequence>.json`. */
function reportsOf(pid: number, folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(
      (file) => /^report\.\d+\.\d+\.(\d+)\.\d+\.\d+\.json$/.exec(file)?.[1] === String(pid),
    );
  } catch {
    // No node process was started yet.
    return [];
  }
}

function takeAway(pid: number, folder: string): void {
  for (const file of reportsOf(pid, folder)) rmSync(join(folder, file), { force: true });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
