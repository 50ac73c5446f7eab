import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readStamps, type Stamp, waitForStamp } from './stamps.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const WORKER = join(ROOT, 'scripts/bench/worker.cjs');

/** The same services under one supervisor, in a folder of their own. */
export interface BenchStack {
  readonly services: readonly string[];
  /** Its folder. */
  readonly home: string;
  /** The command that lists the services' states. */
  readonly list: BenchCommand;
  readonly stampsOf: (service: string) => string;
  readonly start: () => Promise<readonly Stamp[]>;
  /** Ends every process of the stack, asked or not, and removes the folder. */
  readonly tearDown: () => void;
}

export interface BenchCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The same app, once for each service. */
export interface BenchApps {
  readonly services: readonly string[];
  /** Writes its pid and the time of its first line to the file STAMPS. */
  readonly script: string;
  /** What the app's entry says besides. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Five services that do nothing. */
export const IDLE: BenchApps = {
  services: ['alpha', 'beta', 'gamma', 'delta', 'epsilon'],
  script: WORKER,
  settings: {},
};

/** Services as `sigctl start` runs them. */
export function sigctlStack(apps = IDLE): BenchStack {
  return benchStack('sigctl', apps, (folder) => ({
    env: {},
    program: join(ROOT, 'bin/sigctl'),
    start: ['start'],
    list: ['status'],
    stop: [['stop']],
    daemonHome: join(folder, '.sigctl/pm2'),
  }));
}

/** Services as `pm2 start` runs them, with PM2's defaults. */
export function pm2Stack(apps = IDLE): BenchStack {
  return benchStack('pm2', apps, (folder) => ({
    env: { PM2_HOME: join(folder, 'pm2'), PM2_DISABLE_VERSION_CHECK: '1' },
    program: join(ROOT, 'node_modules/.bin/pm2'),
    start: ['start', 'ecosystem.config.cjs'],
    list: ['ls'],
    stop: [['delete', 'all'], ['kill']],
    daemonHome: join(folder, 'pm2'),
  }));
}

interface Supervisor {
  readonly env: Readonly<Record<string, string>>;
  readonly program: string;
  readonly start: readonly string[];
  readonly list: readonly string[];
  readonly stop: readonly (readonly string[])[];
  /** PM2_HOME of its daemon. */
  readonly daemonHome: string;
}

function benchStack(
  name: string,
  { services, script, settings }: BenchApps,
  supervisorOf: (folder: string) => Supervisor,
): BenchStack {
  const folder = mkdtempSync(join(tmpdir(), `sigctl-bench-${name}-`));
  const supervisor = supervisorOf(folder);
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...supervisor.env };
  const stampsOf = (service: string): string => join(folder, `${service}.stamps`);
  const command = (args: readonly string[]): BenchCommand => ({ program: supervisor.program, args, cwd: folder, env });
  mkdirSync(join(folder, 'logs'));
  const apps = services.map((service) => ({ name: service, script, ...settings, env: { STAMPS: stampsOf(service) } }));
  writeFileSync(join(folder, 'ecosystem.config.cjs'), `module.exports = ${JSON.stringify({ apps })};\n`);
  return {
    services,
    home: folder,
    list: command(supervisor.list),
    stampsOf,
    start: async () => {
      runCommand(command(supervisor.start));
      return Promise.all(services.map((service) => waitForStamp(stampsOf(service), 1)));
    },
    tearDown: () => {
      for (const args of supervisor.stop) spawnSync(supervisor.program, args, { cwd: folder, env, timeout: 60_000 });
      const pids = services.flatMap((service) => readStamps(stampsOf(service)).map((stamp) => stamp.pid));
      for (const pid of pids) killIf(pid, script);
      killIf(daemonPid(supervisor.daemonHome), supervisor.daemonHome);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Runs a command to its end. @throws with its output when it fails. */
export function runCommand({ program, args, cwd, env }: BenchCommand): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`${program} ${args.join(' ')} exited with ${status}\n${stdout}${stderr}`);
}

function daemonPid(home: string): number {
  try {
    return Number(readFileSync(join(home, 'pm2.pid'), 'utf8'));
  } catch {
    // No file: no daemon, or none any more.
    return 0;
  }
}

/** Ends a process that outlived the orderly stop, if its command line still names what we started. */
function killIf(pid: number, commandPart: string): void {
  if (!(pid > 0)) return;
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(commandPart)) process.kill(pid, 'SIGKILL');
  } catch {
    // Gone, as it should be.
  }
}
