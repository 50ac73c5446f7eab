import type { Verdict } from './verdict.js';

/**
 * The manifest after validation: every default filled in, every path absolute, every unit in milliseconds or bytes.
 * Plain JSON (no functions, no `undefined` that matters), so that it can be cached and handed to other processes.
 */
export interface Stack {
  readonly name: string;
  /** Absolute folder of the manifest; relative paths of the manifest start here, and `logs/` lies here. */
  readonly root: string;
  readonly manifestPath: string;
  /** In manifest order. */
  readonly services: readonly ServiceSpec[];
  /** Mode name → service names, `'*'` expanded. `full` always exists. */
  readonly modes: Readonly<Record<string, readonly string[]>>;
  /** Settings of the manifest that are accepted and have no effect behind the launcher, in words. */
  readonly notes: readonly string[];
  readonly watch: WatchPolicy;
}

/** One app of the manifest. */
export interface ServiceSpec {
  readonly name: string;
  /** `launcher`: behind `launch.sh`, with lock, PID file and log file. `cluster`: handed to PM2 as it is. */
  readonly kind: 'launcher' | 'cluster';
  /** Absolute path of the script or binary. It may be missing: that is this service's failure at start, not the manifest's. */
  readonly script: string;
  /** What runs the script: an absolute path or a bare command name looked up in PATH; `undefined` when the script runs itself. */
  readonly interpreter: string | undefined;
  readonly interpreterArgs: readonly string[];
  readonly args: readonly string[];
  readonly cwd: string;
  /** `env` and `env_file` merged (`env` wins). May hold secrets: never print it, never write it outside `.sigctl/` (mode 0600). */
  readonly env: Readonly<Record<string, string>>;
  /** Where each name of `env` stands; one that is missing here stands in the manifest's `env`. Says nothing of values. */
  readonly envFrom: Readonly<Record<string, EnvSource>>;
  /** Names of variables that the service may inherit from the shell that typed `sigctl start`. */
  readonly passEnv: readonly string[];
  /** Number of processes; above one they are named `name-0`, `name-1`, … */
  readonly instances: number;
  readonly memoryLimitBytes: number | undefined;
  /** Above it the service is `degraded`; 90 % of the limit unless the manifest says otherwise. `undefined` without a limit. */
  readonly memorySoftBytes: number | undefined;
  /** SIGINT, then SIGKILL after this long. */
  readonly killTimeoutMs: number;
  readonly autorestart: boolean;
  /** Runs to its end: a success code is its wanted end, and nobody starts it again. */
  readonly oneshot: boolean;
  readonly cronRestart: string | undefined;
  readonly namespace: string | undefined;
  /** Starts after these when both are to run. */
  readonly after: readonly string[];
  /** Like `after`, and starting this one starts them too. */
  readonly needs: readonly string[];
  readonly ready: ReadyRule;
  readonly health: HealthRule;
  readonly checks: readonly HealthCheck[];
  readonly restart: RestartPolicy;
  readonly logs: LogPolicy;
  /** When PM2 died: brought back under a new daemon after all others, and only while its state is not `scanning`. */
  readonly takeBackLast: boolean;
  /** How it takes up new code without ending. `undefined`: it does not, and `sigctl reload` refuses. */
  readonly reload: ReloadRule | undefined;
  readonly singleton: boolean;
  /** TCP port the service listens on (the rule's `port`, else `env.PORT`). A shell's PORT wins where `passEnv` lists it. */
  readonly port: number | undefined;
  /** The service keeps PM2's IPC channel and calls `process.send('ready')` (PM2's `wait_ready`). */
  readonly waitReady: boolean;
  /** sha-256 (hex, first 16) of the effective entry, env values included; differs when a restart would change something. */
  readonly hash: string;
}

/** Where a variable that the manifest gives a service is written. */
export type EnvSource =
  | { readonly kind: 'env' }
  /** As the manifest names the file. */
  | { readonly kind: 'env_file'; readonly file: string }
  /** PM2's `port`, which is the variable PORT. */
  | { readonly kind: 'port' }
  /** Nowhere: Python gets PYTHONUNBUFFERED. */
  | { readonly kind: 'python' };

/** When a started service counts as ready. `withinMs` is the deadline from the start. */
export type ReadyRule =
  /** A row in the status table written by this very process, whose state is not `starting`. */
  | { readonly kind: 'heartbeat'; readonly withinMs: number }
  /** HTTP GET on 127.0.0.1 answers 2xx. */
  | { readonly kind: 'http'; readonly path: string; readonly port: number; readonly withinMs: number }
  /** A TCP connection to 127.0.0.1 is accepted. */
  | { readonly kind: 'tcp'; readonly port: number; readonly withinMs: number }
  /** A line of the service's log, written after the start, matches (source of a JavaScript regular expression). */
  | { readonly kind: 'log'; readonly pattern: string; readonly withinMs: number }
  /** A command, run by `sh -c` in the service's cwd, exits 0. */
  | { readonly kind: 'command'; readonly command: string; readonly withinMs: number }
  /** The process has been alive for `delayMs`. The default, with 1000 ms. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly withinMs: number }
  /** The process ended with a success code. The default of a oneshot service, and for no other one. */
  | { readonly kind: 'exit'; readonly withinMs: number }
  /** The process called `process.send('ready')` (PM2's `wait_ready`). */
  | { readonly kind: 'message'; readonly withinMs: number };

/** Signals that programs take for "read your files again". Those that end, stop or debug a process are not among them. */
export const RELOAD_SIGNALS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

export interface ReloadRule {
  readonly signal: (typeof RELOAD_SIGNALS)[number];
  /** A reload that has not succeeded by then has failed. */
  readonly withinMs: number;
}

export interface HealthRule {
  /** A heartbeat older than this is late: `hung` when the process lives. `undefined`: the service writes none. */
  readonly heartbeatWithinMs: number | undefined;
  /** Progress older than this is `stale`. The service's own `progress_within_ms` in the status table wins over it. */
  readonly progress: { readonly name: string; readonly withinMs: number } | undefined;
  readonly onHung: Reaction;
  readonly onStale: Reaction;
  /** When a liveness check fails. A readiness check only makes the service `unhealthy`. */
  readonly onUnhealthy: Reaction;
}

/** What the watchdog does about a verdict. `restart` alerts too; `ignore` leaves only the verdict. */
export type Reaction = 'restart' | 'alert' | 'ignore';

/** A question that the watchdog asks a running service again and again. */
export interface HealthCheck {
  /** Unique in the service: `http /health`, or the manifest's own name for it. */
  readonly name: string;
  readonly kind: 'liveness' | 'readiness';
  readonly probe: Probe;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** So many answers of the other kind in a row turn it bad, and good again. */
  readonly failures: number;
  readonly successes: number;
}

export type Probe =
  /** HTTP GET on 127.0.0.1 answers 2xx. */
  | { readonly kind: 'http'; readonly path: string; readonly port: number }
  | { readonly kind: 'tcp'; readonly port: number }
  /** `sh -c` in the service's cwd and with its environment exits 0. */
  | { readonly kind: 'command'; readonly command: string }
  /** A line of its log matches (source of a regular expression), and is not older than `withinMs`. */
  | { readonly kind: 'log'; readonly pattern: string; readonly withinMs: number };

/** When the log of a service is rotated, and how much of it is kept. */
export interface LogPolicy {
  /** Rotated above this size, or this age of its first line. `undefined`: not by age. */
  readonly maxBytes: number;
  readonly maxAgeMs: number | undefined;
  /** Of the live file and all segments together; the oldest segments go first. */
  readonly keepBytes: number;
  readonly gzip: boolean;
}

export interface RestartPolicy {
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** The breaker opens after `exits` unwanted exits within `withinMs`. */
  readonly breaker: { readonly exits: number; readonly withinMs: number };
  /** Exit codes of a wanted end (a death by signal is never one): a oneshot service is `stopped` with them. */
  readonly successCodes: readonly number[];
  /** Exit codes after which nobody starts it again until an operator does. */
  readonly neverCodes: readonly number[];
}

/** What the watchdog does for the stack as a whole. */
export interface WatchPolicy {
  /** `false`: no watchdog is started with the first service. */
  readonly enabled: boolean;
  /** Below this much free space where the logs lie: an alert, and the oldest log segments go. */
  readonly minFreeBytes: number;
  /** How long and how many events are kept. */
  readonly history: { readonly keepMs: number; readonly maxEvents: number };
  readonly alerts: AlertPolicy;
}

export interface AlertPolicy {
  readonly channels: readonly AlertChannel[];
  /** Only these verdicts are alerts; leaving one for a verdict that is not among them is a recovery. */
  readonly verdicts: readonly Verdict[];
  /** A verdict counts once it has lasted this long. */
  readonly afterMs: number;
  readonly quiet: QuietHours | undefined;
}

/** Times of day in minutes since midnight, from inclusive, to exclusive; `from` after `to` spans midnight. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name; `undefined`: of the machine. */
  readonly timeZone: string | undefined;
  /** Verdicts that are told all the same. The rest is told when the hours end, if it still holds. */
  readonly except: readonly Verdict[];
}

/** Texts may be `$NAME`: a variable of `.sigctl/shell-env.json` or of the watchdog's own environment, so that no secret need stand in the manifest. */
export type AlertChannel =
  | {
      readonly kind: 'telegram';
      readonly token: string;
      readonly chat: string;
      /** `https://api.telegram.org`, or a server that speaks the same. */
      readonly api: string;
    }
  | { readonly kind: 'webhook'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  /** `sh -c`, the alert as JSON on its standard input. */
  | { readonly kind: 'command'; readonly command: string };

/** The processes of a service, by key: `trading`, or `web-0` and `web-1` when `instances` is above one. */
export function processKeys(spec: Pick<ServiceSpec, 'name' | 'instances'>): readonly string[] {
  if (spec.instances === 1) return [spec.name];
  return Array.from({ length: spec.instances }, (_, index) => `${spec.name}-${index}`);
}

/** The service of that name, or the one that has a process of that name. */
export function findNamed({ services }: Pick<Stack, 'services'>, name: string): ServiceSpec | undefined {
  return services.find((spec) => spec.name === name) ?? services.find((spec) => processKeys(spec).includes(name));
}
