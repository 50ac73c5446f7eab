import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SIGCTL = fileURLToPath(new URL('../../bin/sigctl', import.meta.url));

/** Above every wait of sigctl's own together: a command that takes longer hangs. */
const DEADLINE_MS = 150_000;

export interface CliRun {
  readonly args: readonly string[];
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
  readonly hung: boolean;
}

export interface CliPlace {
  readonly root: string;
  readonly base: string;
  readonly home: string;
}

export function spawnCli({ root, base, home }: CliPlace, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [SIGCTL, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: base, SIGCTL_HOME: home, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits for a command's end and keeps what it printed; ends one that hangs. */
export async function collectCli(child: ChildProcess, args: readonly string[]): Promise<CliRun> {
  const startedAt = performance.now();
  let [stdout, stderr, hung] = ['', '', false];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, DEADLINE_MS);
  try {
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      // `exit`, not `close`: a killed command's own children may hold its pipes for a while.
      child.once('exit', (code, by) => setTimeout(() => resolve([code, by]), 20));
    });
    return { args, exitCode, signal, stdout, stderr, tookMs: Math.round(performance.now() - startedAt), hung };
  } finally {
    clearTimeout(timer);
  }
}
