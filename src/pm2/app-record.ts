/** What sigctl reads of one app of the daemon. Never its environment, which holds secrets. */
export interface Pm2App {
  readonly pmId: number;
  readonly name: string;
  readonly pid: number | undefined;
  readonly status: 'launching' | 'online' | 'waiting' | 'stopping' | 'stopped' | 'errored' | 'other';
  readonly restarts: number;
  readonly clusterMode: boolean;
  /** Epoch milliseconds of the last start. */
  readonly startedAtMs: number | undefined;
}

const STATUSES: ReadonlyMap<unknown, Pm2App['status']> = new Map([
  ['launching', 'launching'],
  ['online', 'online'],
  ['waiting restart', 'waiting'],
  ['stopping', 'stopping'],
  ['stopped', 'stopped'],
  ['errored', 'errored'],
]);

/** Turns the answer of `getMonitorData` into our own records; a record without name or id is left out. */
export function parsePm2Apps(answer: unknown): readonly Pm2App[] {
  return Array.isArray(answer) ? answer.flatMap(parseApp) : [];
}

function parseApp(value: unknown): Pm2App[] {
  const record = asRecord(value);
  const env = asRecord(record['pm2_env']);
  const pmId = env['pm_id'];
  const name = env['name'];
  if (typeof pmId !== 'number' || typeof name !== 'string') return [];
  const pid = record['pid'];
  return [
    {
      pmId,
      name,
      pid: typeof pid === 'number' && pid > 0 ? pid : undefined,
      status: STATUSES.get(env['status']) ?? 'other',
      restarts: typeof env['restart_time'] === 'number' ? env['restart_time'] : 0,
      clusterMode: env['exec_mode'] === 'cluster_mode',
      startedAtMs: typeof env['pm_uptime'] === 'number' ? env['pm_uptime'] : undefined,
    },
  ];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** How PM2 has to treat one process of a service. */
export interface Pm2Launch {
  readonly key: string;
  readonly namespace: string;
  /** Path of `launch.sh` and of the launch file that it reads. */
  readonly launcher: string;
  readonly launchFile: string;
  /** The service's log. The launcher ignores it; the exit journal notes its size. */
  readonly logFile: string;
  readonly pm2Home: string;
  readonly autorestart: boolean;
  readonly killTimeoutMs: number;
  readonly memoryLimitBytes: number | undefined;
  readonly cronRestart: string | undefined;
  /** Exit codes after which PM2 does not start it again. Never 0: to PM2 that is a death by signal too. */
  readonly stopCodes: readonly number[];
  /** PM2 waits for `process.send('ready')`, at most this long. */
  readonly readyMessageWithinMs: number | undefined;
}

/** PM2 polls for the end of a process this often: the floor of a stop's duration (100 ms by default). */
const KILL_POLL_MS = 50;

/** PM2 has no word for it. */
const UNLIMITED = 1_000_000_000;

/**
 * The record that starts a service behind the launcher. It holds no environment: that lies in the launch file, so nothing
 * secret reaches PM2, and a variable that was taken out of the manifest is gone at the next start.
 */
export function launcherRecord(launch: Pm2Launch): Readonly<Record<string, unknown>> {
  const pm2Log = `${launch.pm2Home}/logs/${launch.key}.log`;
  return {
    name: launch.key,
    namespace: launch.namespace,
    pm_exec_path: '/usr/bin/env',
    exec_interpreter: 'none',
    // An empty environment to begin with: PM2 would pass on all its own settings as variables.
    args: ['-i', '/bin/sh', launch.launcher, launch.launchFile, launch.logFile],
    node_args: [],
    pm_cwd: '/',
    exec_mode: 'fork_mode',
    pm_out_log_path: pm2Log,
    pm_err_log_path: pm2Log,
    pm_pid_path: `${launch.pm2Home}/pids/${launch.key}.pid`,
    merge_logs: true,
    autostart: true,
    autorestart: launch.autorestart,
    kill_timeout: launch.killTimeoutMs,
    kill_retry_time: KILL_POLL_MS,
    treekill: true,
    vizion: false,
    pmx: false,
    automation: false,
    // PM2 starts it again at once and for ever: waiting and giving up are the launcher's (scripts/services/launch.sh).
    max_restarts: UNLIMITED,
    min_uptime: 0,
    stop_exit_codes: launch.stopCodes,
    ...(launch.memoryLimitBytes === undefined ? {} : { max_memory_restart: launch.memoryLimitBytes }),
    ...(launch.cronRestart === undefined ? {} : { cron_restart: launch.cronRestart }),
    ...(launch.readyMessageWithinMs === undefined
      ? {}
      : { wait_ready: true, listen_timeout: launch.readyMessageWithinMs }),
    env: {},
  };
}
