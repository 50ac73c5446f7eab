import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServiceReport } from '../../src/core/service-report.js';
import { isAlive } from '../../src/process/identity.js';
import { readLaunchRecord } from '../../src/process/launch-record.js';
import { readLockHolders } from '../../src/process/lock-holders.js';
import { readTree } from '../../src/process/tree.js';

export const REPO = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = join(REPO, 'test/fixtures/services');

/** Every wait of these tests ends by then: machines that run tests are slow and busy. */
const DEADLINE_MS = 60_000;

export interface Run {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of its own in a temporary folder, with the real CLI, a real PM2 daemon and real processes. */
export interface Rig {
  readonly root: string;
  readonly home: string;
  /** Runs `bin/sigctl` in the project. `env` is added to a short, fixed environment. */
  readonly sigctl: (
    args: readonly string[],
    options?: { readonly env?: Record<string, string>; readonly cwd?: string },
  ) => Promise<Run>;
  /** The same, without waiting for its end. */
  readonly spawn: (args: readonly string[]) => ReturnType<typeof spawn>;
  readonly writeManifest: (manifest: unknown) => void;
  readonly reports: () => Promise<readonly ServiceReport[]>;
  readonly report: (key: string) => Promise<ServiceReport>;
  /** What the PID file says. */
  readonly pid: (key: string) => number;
  readonly log: (key: string) => string;
}

export async function startRig(
  t: TestContext,
  manifest: unknown,
  options: { readonly folder?: string; readonly home?: string } = {},
): Promise<Rig> {
  const base = mkdtempSync(join(tmpdir(), 'sigctl-e2e-'));
  const root = join(base, options.folder ?? 'project');
  mkdirSync(root, { recursive: true });
  cpSync(FIXTURES, root, { recursive: true });
  const home = join(root, options.home ?? '.sigctl');
  const run = (args: readonly string[], env: Record<string, string> = {}, cwd = root) =>
    spawn(process.execPath, [join(REPO, 'bin/sigctl'), ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: base, ...env },
    });
  const rig: Rig = {
    root,
    home,
    spawn: (args) => run(args),
    sigctl: (args, { env, cwd } = {}) => collect(run(args, env, cwd)),
    writeManifest: (value) => writeFileSync(join(root, 'ecosystem.config.cjs'), manifestSource(value)),
    reports: async () => {
      const { stdout } = await collect(run(['status', '--json']));
      return (JSON.parse(stdout) as { services: ServiceReport[] }).services;
    },
    report: async (key) => {
      const report = (await rig.reports()).find((candidate) => candidate.key === key);
      if (report === undefined) throw new Error(`No report of "${key}"`);
      return report;
    },
    pid: (key) => Number(readFileSync(join(home, 'run', `${key}.pid`), 'utf8')),
    log: (key) => readFileSync(join(root, 'logs', `${key}.log`), 'utf8'),
  };
  t.after(() => removeRig(base, home));
  rig.writeManifest(manifest);
  return rig;
}

function manifestSource(manifest: unknown): string {
  return typeof manifest === 'string' ? manifest : `module.exports = ${JSON.stringify(manifest, null, 2)};\n`;
}

/**
 * Holds the watchdog still, which would start a new daemon, and ends the daemon, so that it starts nothing again, then every process
 * that holds a lock of this rig, each with its descendants: node's children do not inherit the lock.
 */
export async function removeRig(base: string, home: string): Promise<void> {
  const folder = join(home, 'run');
  const locks = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.lock')) : [];
  const watchdog = readLaunchRecord(join(folder, 'watchdog.lock'))?.identity;
  if (watchdog !== undefined && isAlive(watchdog)) kill(watchdog.pid, 'SIGSTOP');
  for (const lock of ['pm2.lock', 'watchdog.lock', 'pm2.lock', ...locks]) {
    const file = join(folder, lock);
    const identity = readLaunchRecord(file)?.identity;
    const holders = readLockHolders([file]).get(file) ?? [];
    for (const pid of holders.flatMap(lock === 'pm2.lock' ? (holder) => [holder] : readTree)) kill(pid);
    if (identity !== undefined) await until(() => !isAlive(identity));
  }
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it is gone, which is what was wanted.
  }
}

/** Collects the output of a child until it ends; ends it when it hangs. */
export async function collect(child: ReturnType<typeof spawn>): Promise<Run> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 3 * DEADLINE_MS);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
    });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Polls until the condition holds; throws with its name when it does not within the deadline. A file that is not there (the
 * watchdog takes away the PID file of a dead service) means: not yet.
 */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = DEADLINE_MS): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds(condition))) {
    if (performance.now() - startedAt > withinMs)
      throw new Error(`Did not come true within ${withinMs} ms: ${condition}`);
    await sleep(50);
  }
}

async function holds(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await condition();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** One app that runs a fixture. */
export function app(name: string, script: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { name, script: `./${script}`, ...rest };
}
