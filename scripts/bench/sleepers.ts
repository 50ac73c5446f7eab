import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchCommand, runCommand } from './stack.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Unlike anything else that sleeps on the machine, so that what outlives the bench is known as its own. */
const SECONDS = '86399';

export type SupervisorName = 'sigctl' | 'pm2' | 'supervisor';

/** Many services that cost nothing themselves, under one supervisor. */
export interface Sleepers {
  readonly command: (...args: readonly string[]) => BenchCommand;
  readonly start: () => void;
  /** Ends every process that was started, and removes the folder. */
  readonly tearDown: () => void;
}

export function createSleepers(supervisor: SupervisorName, count: number): Sleepers {
  const folder = mkdtempSync(join(tmpdir(), `sigctl-bench-${supervisor}-${count}-`));
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, PM2_HOME: join(folder, 'pm2') };
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'sleep.sh'), `#!/bin/sh\nexec sleep ${SECONDS}\n`, { mode: 0o755 });
  const [program, start, stop] = setUp(supervisor, folder, names);
  const command = (...args: readonly string[]): BenchCommand => ({ program, args, cwd: folder, env });
  const pidFile = PID_FILES[supervisor];
  return {
    command,
    start: () => runCommand(start(command)),
    tearDown: () => {
      const daemonPid = readPid(join(folder, pidFile));
      for (const args of stop) spawnSync(program, args, { cwd: folder, env, timeout: 120_000 });
      endDaemon(daemonPid);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type SetUp = readonly [
  program: string,
  start: (command: Sleepers['command']) => BenchCommand,
  stop: readonly (readonly string[])[],
];

function setUp(supervisor: SupervisorName, folder: string, names: readonly string[]): SetUp {
  if (supervisor === 'supervisor') {
    writeFileSync(join(folder, 'supervisord.conf'), supervisorConfig(folder, names));
    const config = ['-c', join(folder, 'supervisord.conf')];
    const start = (command: Sleepers['command']): BenchCommand => ({ ...command(...config), program: 'supervisord' });
    return ['supervisorctl', start, [[...config, 'shutdown']]];
  }
  const apps = names.map((name) => ({
    name,
    script: 'sleep.sh',
    interpreter: 'none',
    sigctl: { ready: { delay: 0 } },
  }));
  writeFileSync(join(folder, 'ecosystem.config.cjs'), `module.exports = ${JSON.stringify({ apps })};\n`);
  return supervisor === 'sigctl'
    ? [join(ROOT, 'bin/sigctl'), (command) => command('start'), [['stop']]]
    : [
        join(ROOT, 'node_modules/.bin/pm2'),
        (command) => command('start', 'ecosystem.config.cjs'),
        [['delete', 'all'], ['kill']],
      ];
}

function supervisorConfig(folder: string, names: readonly string[]): string {
  const socket = join(folder, 'supervisor.sock');
  return [
    `[unix_http_server]\nfile=${socket}`,
    `[supervisord]\nlogfile=${folder}/logs/supervisord.log\npidfile=${folder}/supervisord.pid\nchildlogdir=${folder}/logs\nminfds=2048`,
    '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface',
    `[supervisorctl]\nserverurl=unix://${socket}`,
    ...names.map((name) => `[program:${name}]\ncommand=${folder}/sleep.sh\nstartsecs=0`),
    '',
  ].join('\n\n');
}

/** Where the daemon of each writes its pid. */
const PID_FILES: Readonly<Record<SupervisorName, string>> = {
  sigctl: '.sigctl/pm2/pm2.pid',
  pm2: 'pm2/pm2.pid',
  supervisor: 'supervisord.pid',
};

/** 0: it was never started. */
function readPid(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

/** supervisord ends its programs after it has answered; killed before, it would leave them behind. */
const END_WITHIN_MS = 20_000;
const PAUSE_MS = 50;

/** Waits for the daemon of the bench to end, and ends it if it does not. */
function endDaemon(pid: number): void {
  if (!(pid > 0)) return;
  try {
    for (const deadline = performance.now() + END_WITHIN_MS; performance.now() < deadline; ) {
      process.kill(pid, 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
    process.kill(pid, 'SIGKILL');
  } catch {
    // No such process: it ended, as it should.
  }
}

export function hasSupervisor(): boolean {
  return spawnSync('supervisord', ['--version']).status === 0;
}
