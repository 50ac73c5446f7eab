import { median } from './median.js';
import { type BenchCommand, type BenchStack, runCommand } from './stack.js';

export interface CommandTimes {
  readonly runs: number;
  /** Medians, in milliseconds. */
  readonly bareNodeMs: number;
  readonly sigctlStatusMs: number;
  readonly pm2LsMs: number;
}

/** Times the three commands in turn, so that a noisy moment of the machine meets all of them. */
export function timeCommands(sigctl: BenchStack, pm2: BenchStack, runs: number): CommandTimes {
  const bareNode: BenchCommand = { ...sigctl.list, program: process.execPath, args: ['-e', '0'] };
  const times: { bare: number; sigctl: number; pm2: number }[] = [];
  // The first round warms the file cache and is not counted.
  for (let round = 0; round <= runs; round += 1) {
    const measured = { bare: timeMs(bareNode), sigctl: timeMs(sigctl.list), pm2: timeMs(pm2.list) };
    if (round > 0) times.push(measured);
  }
  return {
    runs,
    bareNodeMs: median(times.map((time) => time.bare)),
    sigctlStatusMs: median(times.map((time) => time.sigctl)),
    pm2LsMs: median(times.map((time) => time.pm2)),
  };
}

function timeMs(command: BenchCommand): number {
  const startedMs = performance.now();
  runCommand(command);
  return performance.now() - startedMs;
}
