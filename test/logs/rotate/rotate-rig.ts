import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { LogPolicy } from '../../../src/core/stack.js';
import { createLogKeeper, type DiskLow } from '../../../src/logs/rotate/log-keeper.js';
import { readParts } from '../../../src/logs/rotate/rotation-files.js';
import { canCollapseRange } from '../../../src/process/collapse-range.js';
import { type HomePaths, homePaths, logPath } from '../../../src/process/home.js';
import { serviceSpec, stackOf, WATCH_POLICY } from '../../stack-literals.js';
import { DEADLINE_MS } from '../log-rig.js';

/** A memory file system, which cannot cut heads off files. */
export const TMPFS = '/dev/shm';

/** So many looks at the logs happen in a second, so that a short test sees many rotations. */
const TIME_LAPSE = 20;

export interface Project {
  readonly paths: HomePaths;
  /** The log of the only service, `numbers`. */
  readonly log: string;
}

export function project(t: TestContext, under: string = tmpdir()): Project {
  const root = mkdtempSync(join(under, 'sigctl-rotate-test-'));
  t.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const paths = homePaths(root, join(root, '.sigctl'));
  for (const folder of [paths.logs, paths.run, paths.pm2]) mkdirSync(folder, { recursive: true });
  return { paths, log: logPath(paths, 'numbers') };
}

/** Whether heads can be cut off files in the temp folder. */
export const cutsHeads = (): Promise<boolean> => canCollapseRange(tmpdir());

export interface RunningKeeper {
  readonly notes: readonly string[];
  readonly lows: readonly DiskLow[];
  readonly recoveries: readonly number[];
  /** Rounds over the logs that are over. */
  rounds(): number;
  /** Ends it, after the round that is under way. */
  stop(): Promise<void>;
}

/** The keeper as the watchdog runs it, with the clock of its looks sped up. */
export function runKeeper(
  t: TestContext,
  { paths }: Project,
  logs: Partial<LogPolicy>,
  minFreeBytes: number = 0,
): RunningKeeper {
  const [notes, lows, recoveries]: [string[], DiskLow[], number[]] = [[], [], []];
  const keeper = createLogKeeper({
    paths,
    nowMs: () => Date.now(),
    note: (text) => void notes.push(text),
    onDiskLow: (low) => void lows.push(low),
    onDiskRecovered: (freeBytes) => void recoveries.push(freeBytes),
  });
  const policy = { maxBytes: 1024 ** 2, maxAgeMs: undefined, keepBytes: Number.MAX_SAFE_INTEGER, gzip: true, ...logs };
  const stack = stackOf([serviceSpec('numbers', { logs: policy })], { watch: { ...WATCH_POLICY, minFreeBytes } });
  let rounds = 0;
  const timer = setInterval(async () => {
    const before = keeper.settled();
    keeper.tick(stack, performance.now() * TIME_LAPSE);
    const round = keeper.settled();
    if (round === before) return;
    await round;
    rounds += 1;
  }, 1_000 / TIME_LAPSE);
  const stop = () => {
    clearInterval(timer);
    return keeper.settled();
  };
  t.after(stop);
  return { notes, lows, recoveries, rounds: () => rounds, stop };
}

/** Starts a program that writes numbered lines. @returns It, and what it has printed so far. */
export function startProgram(t: TestContext, command: readonly [string, ...string[]]) {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  return { child, printed: () => printed };
}

export const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/logs/${name}`, import.meta.url));

export async function exitOf(child: ChildProcess): Promise<number | string | null> {
  const endMs = Date.now() + DEADLINE_MS * 3;
  while (child.exitCode === null && child.signalCode === null) {
    if (Date.now() > endMs) assert.fail('the program does not end');
    await sleep(20);
  }
  return child.exitCode ?? child.signalCode;
}

/** All segments and the live file, put together as `zcat` and `cat` would. */
export function joined(log: string): Buffer {
  const parts = [...readParts(log).map(({ path }) => path), log];
  return Buffer.concat(
    parts.map((path) => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path))),
  );
}

export const joinedLines = (log: string): readonly string[] => joined(log).toString().split('\n').slice(0, -1);

export const segmentNames = (log: string): readonly string[] => readParts(log).map(({ path }) => basename(path));

/** The number in a whole line of a numbers program; -1: a line of another kind; `undefined`: torn. */
function numberIn(line: string): number | undefined {
  if (line.startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(line);
      return typeof parsed === 'object' && parsed !== null && 'n' in parsed ? Number(parsed.n) : -1;
    } catch {
      // Half a line, or two in one: that is what is looked for.
      return undefined;
    }
  }
  if (!line.startsWith('n ')) return /\bn \d|end$/.test(line) ? undefined : -1;
  const number = /^n (\d+) (?:x* )?end$/.exec(line)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Fails unless every number from 0 to `count` is there once, in order, in a whole line. */
export function assertNumbers(lines: readonly string[], count: number): void {
  let next = 0;
  for (const line of lines) {
    const number = numberIn(line);
    if (number === -1) continue;
    assert.ok(number !== undefined, `torn: ${JSON.stringify(line.slice(0, 200))} where ${next} should be`);
    assert.equal(number, next, `${next} is ${number > next ? 'missing' : 'doubled'}`);
    next += 1;
  }
  assert.equal(next, count);
}

/** Numbers may be missing; those that are there are in order, none twice. @returns how many there are. */
export function assertRising(lines: readonly string[]): number {
  let [last, seen] = [-1, 0];
  for (const line of lines) {
    const number = numberIn(line);
    if (number === undefined || number === -1) continue;
    assert.ok(number > last, `${number} after ${last}`);
    last = number;
    seen += 1;
  }
  return seen;
}

/** Halves of lines, and two in one. */
export const tornAmong = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => numberIn(line) === undefined);
