import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { timeFollow } from './follow-delay.js';
import { createLogFolder, type LogFolder } from './log-files.js';
import { median } from './median.js';

const SIGCTL = fileURLToPath(new URL('../../bin/sigctl', import.meta.url));
const FOLLOWED_LINES = 30;
const LOOK_MS = 5;

export interface LogsBenchOptions {
  /** Of the large log. */
  readonly megabytes: number;
  readonly runs: number;
  readonly json: boolean;
}

/** One command, and what it is held against. */
interface Pair {
  readonly what: string;
  readonly command: readonly string[];
  readonly against: readonly string[];
}

interface PairTimes {
  readonly what: string;
  /** Medians, in milliseconds. */
  readonly commandMs: number;
  readonly againstMs: number;
  readonly ratio: number;
  /** The most memory that the command held, in bytes. */
  readonly peakBytes: number;
}

/** `npm run bench -- logs`: what the size of a log costs, searching held against grep, and how soon a followed line is shown. */
export async function benchLogs({ megabytes, runs, json }: LogsBenchOptions): Promise<void> {
  const logs = createLogFolder(megabytes);
  try {
    const times: PairTimes[] = [];
    for (const pair of pairsFor(logs)) times.push(await timePair(pair, logs.folder, runs));
    const delays = await timeFollow(SIGCTL, logs, FOLLOWED_LINES);
    const follow = { medianMs: median(delays), maxMs: Math.max(...delays), lines: delays.length };
    console.log(json ? JSON.stringify({ megabytes, runs, times, follow }, undefined, 2) : render(times, follow));
  } finally {
    logs.tearDown();
  }
}

function pairsFor({ pathOf, endMs }: LogFolder): readonly Pair[] {
  const large = pathOf('large');
  const lines = (service: string, ...args: string[]) => [SIGCTL, 'logs', service, ...args];
  const since = new Date(endMs - 10_000).toISOString();
  return [
    { what: '-n 100, against 1 MB', command: lines('large', '-n', '100'), against: lines('small', '-n', '100') },
    {
      what: '--since, the last 10 s, against -n 400 of 1 MB',
      command: lines('large', '--since', since),
      against: lines('small', '-n', '400'),
    },
    grepPair(large, '--grep of a word, against grep', ['needle']),
    grepPair(large, '--grep of a pattern, against grep -E', ['-E', 'needle.*(1|2)0000"']),
    grepPair(large, '--grep -i, against grep -i', ['-i', 'NEEDLE']),
    grepPair(large, '--grep with \\s and [^…], against grep -E', ['-E', 'needle\\s+[^x]+filled']),
    {
      what: '--field, against grep of the value',
      command: lines('large', '--field', 'symbol=NONE'),
      against: ['grep', 'NONE', large],
    },
    {
      what: '--field of a number, against grep of it',
      command: lines('large', '--field', 'price=60000.29'),
      against: ['grep', '60000.29', large],
    },
    {
      what: '--level error, against grep of the level',
      command: lines('large', '--level', 'error'),
      against: ['grep', '"level":50', large],
    },
  ];

  function grepPair(path: string, what: string, grep: readonly string[]): Pair {
    const pattern = grep.at(-1) ?? '';
    const flags = grep.includes('-i') ? ['-i'] : [];
    return { what, command: lines('large', '--grep', pattern, ...flags), against: ['grep', ...grep, path] };
  }
}

/** In turn, so that a noisy moment of the machine meets both. The first round warms the file cache and is not counted. */
async function timePair({ what, command, against }: Pair, folder: string, runs: number): Promise<PairTimes> {
  const rounds: { command: Run; against: Run }[] = [];
  for (let round = 0; round <= runs; round += 1) {
    const measured = { command: await runOnce(command, folder), against: await runOnce(against, folder) };
    if (round > 0) rounds.push(measured);
  }
  const commandMs = median(rounds.map((round) => round.command.tookMs));
  const againstMs = median(rounds.map((round) => round.against.tookMs));
  const peakBytes = Math.max(...rounds.map((round) => round.command.peakBytes));
  return { what, commandMs, againstMs, ratio: commandMs / againstMs, peakBytes };
}

interface Run {
  readonly tookMs: number;
  readonly peakBytes: number;
}

/** Runs a command to its end. Its output goes through a pipe: to /dev/null, grep would stop at the first match. */
async function runOnce([program = '', ...args]: readonly string[], cwd: string): Promise<Run> {
  const startedMs = performance.now();
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  let peakBytes = 0;
  const look = setInterval(() => {
    peakBytes = Math.max(peakBytes, readPeakBytes(child.pid));
  }, LOOK_MS);
  const [code] = await once(child, 'close');
  clearInterval(look);
  // 1 is grep's word for nothing found.
  if (code !== 0 && code !== 1) throw new Error(`${program} ${args.join(' ')} exited with ${code}`);
  return { tookMs: performance.now() - startedMs, peakBytes };
}

function readPeakBytes(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    // It has just ended; the looks before stand.
    return 0;
  }
}

function render(times: readonly PairTimes[], follow: { medianMs: number; maxMs: number; lines: number }): string {
  const rows = times.map(({ what, commandMs, againstMs, ratio, peakBytes }) =>
    [
      what.padEnd(50),
      `${commandMs.toFixed(0)} ms`.padStart(9),
      `${againstMs.toFixed(0)} ms`.padStart(9),
      `${ratio.toFixed(2)} x`.padStart(7),
      `${(peakBytes / 1024 ** 2).toFixed(0)} MB`.padStart(7),
    ].join('  '),
  );
  const delay = `${follow.medianMs.toFixed(0)} ms, at most ${follow.maxMs.toFixed(0)} ms (${follow.lines} lines)`;
  return [...rows, `${'--follow of two logs, from write to stdout'.padEnd(50)}  ${delay}`].join('\n');
}
