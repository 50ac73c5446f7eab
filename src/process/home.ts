// Paths are put together as text: both parts are normal already, and `join` would look at each letter again, for each process of each look.

/** Where sigctl keeps its state for one stack. All paths are absolute. */
export interface HomePaths {
  /** `<root>/.sigctl`, or `SIGCTL_HOME`. Mode 0700. */
  readonly home: string;
  readonly statusDb: string;
  /** PID, lock and launch files. */
  readonly run: string;
  /** The services' own databases. */
  readonly data: string;
  /** PM2_HOME of this stack's own daemon. */
  readonly pm2: string;
  /** The services' log files, in the project, where people look. */
  readonly logs: string;
}

export function homePaths(root: string, home: string): HomePaths {
  return {
    home,
    statusDb: `${home}/status.db`,
    run: `${home}/run`,
    data: `${home}/data`,
    pm2: `${home}/pm2`,
    logs: `${root}/logs`,
  };
}

/** The key under which the launcher keeps the PM2 daemon itself. No service may have this name. */
export const DAEMON_KEY = 'pm2';

/** The key of the watchdog, which sigctl starts with the first service. No service may have this name. */
export const WATCHDOG_KEY = 'watchdog';

/** Where PM2's daemon notes each exit of a child (scripts/services/exit-journal.cjs). */
export const exitJournalPath = (paths: Pick<HomePaths, 'run'>): string => `${paths.run}/exits.jsonl`;

export const lockPath = (paths: HomePaths, key: string): string => `${paths.run}/${key}.lock`;
/** What stands in a lock file of the launcher, for a process of a cluster, which has none (scripts/services/cluster-journal.cjs). */
export const workerPath = (paths: Pick<HomePaths, 'run'>, key: string): string => `${paths.run}/${key}.worker`;
/** Where the identity of a service's process stands. */
export const recordPath = (paths: HomePaths, kind: 'launcher' | 'cluster', key: string): string =>
  kind === 'cluster' ? workerPath(paths, key) : lockPath(paths, key);
export const pidPath = (paths: HomePaths, key: string): string => `${paths.run}/${key}.pid`;
export const launchPath = (paths: HomePaths, key: string): string => `${paths.run}/${key}.launch`;
/** What a process was started from; a stop takes it away when it is over. */
export const specPath = (paths: Pick<HomePaths, 'run'>, key: string): string => `${paths.run}/${key}.spec.json`;
/** Which cgroup the process joined, where it has one of its own. */
export const cgroupPath = (paths: Pick<HomePaths, 'run'>, key: string): string => `${paths.run}/${key}.cgroup`;
/** Where node services write a report when the watchdog asks them what they do. Mode 0700. */
export const reportFolder = (paths: Pick<HomePaths, 'run'>): string => `${paths.run}/reports`;
/** Where the launcher notes how it holds back a service that exited. */
export const gatePath = (paths: HomePaths, key: string): string => `${paths.run}/${key}.gate`;
export const logPath = (paths: HomePaths, key: string): string => `${paths.logs}/${key}.log`;
