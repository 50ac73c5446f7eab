import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** All that the launcher needs to become one service. Paths are absolute. */
export interface LaunchPlan {
  readonly key: string;
  readonly lock: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly cwd: string;
  readonly startId: string;
  /** Path of `flock(1)`; `undefined` where there is none, and the launcher compares pid and start time instead. */
  readonly flock: string | undefined;
  /** Keeps the descriptor of PM2's IPC channel, for `process.send('ready')`. */
  readonly keepIpc: boolean;
  /** How a service that exited is held back; `undefined`: not at all. */
  readonly gate?: GatePolicy | undefined;
  /** Waits so many seconds for the lock, where a process starts its own successor. Needs `flock`. */
  readonly lockWaitS?: number;
  /** Folder of the cgroup that it joins. */
  readonly cgroup?: string | undefined;
  /** The whole environment of the service. */
  readonly env: Readonly<Record<string, string>>;
  /** Program and arguments. */
  readonly command: readonly string[];
}

/** When the launcher lets a service start again. */
export interface GatePolicy {
  readonly path: string;
  readonly backoffMinMs: number;
  /** Equal to the shortest: a fixed wait, else one at random below the growing limit. */
  readonly backoffMaxMs: number;
  readonly breaker: { readonly exits: number; readonly withinMs: number };
  /** Exit codes after which nobody starts it again. */
  readonly neverCodes: readonly number[];
}

/** Writes the launch file (mode 0600: it holds the service's environment) by rename, so that a restart by PM2 at this moment reads the old one or the new one. */
export function writeLaunchFile(path: string, plan: LaunchPlan): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, renderLaunchFile(plan), { mode: 0o600 });
  renameSync(draft, path);
}

/** The launch file's text for `.` of a POSIX shell: assignments, a function that exports the service's environment, and the command. */
export function renderLaunchFile(plan: LaunchPlan): string {
  const settings = {
    key: plan.key,
    lock: plan.lock,
    pidfile: plan.pidFile,
    log: plan.logFile,
    dir: plan.cwd,
    start_id: plan.startId,
    flock: plan.flock ?? '',
    keep_ipc: plan.keepIpc ? '1' : '0',
    ...(plan.lockWaitS === undefined ? {} : { lock_wait: String(plan.lockWaitS) }),
    ...(plan.cgroup === undefined ? {} : { cgroup: plan.cgroup }),
    ...(plan.gate === undefined ? {} : gateSettings(plan.gate)),
  };
  const variables = Object.entries({ ...plan.env, ...(plan.keepIpc ? IPC_ENV : {}) });
  const exported = variables.filter(([name]) => canExport(name));
  const others = variables.filter(([name]) => !canExport(name)).map(([name, value]) => `${name}=${value}`);
  const command = others.length === 0 ? plan.command : ['/usr/bin/env', '--', ...others, ...plan.command];
  return [
    ...Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}`),
    'service_env() {',
    ...exported.map(([name, value]) => `export ${name}=${quote(value)}`),
    ':',
    '}',
    `set -- ${command.map(quote).join(' ')}`,
    '',
  ].join('\n');
}

/** Whole numbers, as a shell knows no others. */
function gateSettings({ path, backoffMinMs, backoffMaxMs, breaker, neverCodes }: GatePolicy): Record<string, string> {
  return {
    gate: path,
    backoff_min: String(Math.round(backoffMinMs)),
    backoff_max: String(Math.round(backoffMaxMs)),
    breaker_exits: String(breaker.exits),
    breaker_within: String(Math.round(breaker.withinMs)),
    never: neverCodes.join(' '),
  };
}

/** Variables that mean something to a shell itself: it refuses to set them, checks their values, or sets them anew. */
const OF_THE_SHELL = [
  ...['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID', 'OPTIND'],
  ...['_', 'GROUPS', 'LINENO', 'PWD', 'OLDPWD', 'RANDOM', 'SECONDS', 'SHLVL'],
];

/** Linux allows any name without `=` (`my.setting`), a shell only its own kind: env(1) has to set the rest. */
function canExport(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !OF_THE_SHELL.includes(name);
}

/** What `child_process.spawn()` tells a child of its channel; PM2 always opens it as descriptor 3. */
const IPC_ENV = { NODE_CHANNEL_FD: '3', NODE_CHANNEL_SERIALIZATION_MODE: 'json' };

/** Quotes for a POSIX shell: nothing inside single quotes is special but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
