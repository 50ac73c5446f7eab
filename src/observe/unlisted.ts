import { readdirSync } from 'node:fs';
import { isRecord } from '../core/is-record.js';
import { processKeys, type ServiceSpec, type Stack } from '../core/stack.js';
import { DAEMON_KEY, type HomePaths, WATCHDOG_KEY } from '../process/home.js';
import { readRunningSpec } from '../process/running-spec.js';

const LOCK_SUFFIX = '.lock';
/** A service that left the manifest took its kill timeout with it. */
const KILL_TIMEOUT_MS = 10_000;

/** Keys of processes that sigctl started once and the manifest no longer names: a service that was renamed or taken out, or fewer instances. */
export function readUnlistedKeys(stack: Stack, paths: HomePaths): readonly string[] {
  return unlistedKeys(stack, readRunFiles(paths));
}

/** The same, from the names that `readRunFiles` found. */
export function unlistedKeys(stack: Stack, runFiles: Iterable<string>): readonly string[] {
  const listed = new Set([DAEMON_KEY, WATCHDOG_KEY, ...stack.services.flatMap(processKeys)]);
  return [...runFiles]
    .filter((file) => file.endsWith(LOCK_SUFFIX))
    .map((file) => file.slice(0, -LOCK_SUFFIX.length))
    .filter((key) => !listed.has(key))
    .sort();
}

/** Names of the PID, lock, launch and gate files of the stack. Empty: nothing was ever started here. */
export function readRunFiles({ run }: Pick<HomePaths, 'run'>): readonly string[] {
  try {
    return readdirSync(run);
  } catch {
    // No such folder.
    return [];
  }
}

/**
 * The listed service that such a key was a process of: `web` for `web-1`, and for a key that is the name itself. What it was started
 * from tells a service of its own that was called `web-1`; that is on record until it is stopped.
 */
export function ownerOf(key: string, stack: Stack, paths: HomePaths): string | undefined {
  const started = readRunningSpec(paths, key);
  const ofRecord = isRecord(started) ? started['name'] : undefined;
  const owner = typeof ofRecord === 'string' ? ofRecord : key.replace(/-\d+$/, '');
  return stack.services.find(({ name }) => name === owner || name === key)?.name;
}

/** Stands in for the entry that is gone: enough to show and to stop the process. It can never be started. */
export function unlistedSpec(key: string, stack: Stack): ServiceSpec {
  return {
    name: key,
    kind: 'launcher',
    script: '',
    interpreter: undefined,
    interpreterArgs: [],
    args: [],
    cwd: stack.root,
    env: {},
    envFrom: {},
    passEnv: [],
    instances: 1,
    memoryLimitBytes: undefined,
    memorySoftBytes: undefined,
    killTimeoutMs: KILL_TIMEOUT_MS,
    autorestart: false,
    oneshot: false,
    cronRestart: undefined,
    namespace: undefined,
    after: [],
    needs: [],
    ready: { kind: 'delay', delayMs: 0, withinMs: 0 },
    health: {
      heartbeatWithinMs: undefined,
      progress: undefined,
      onHung: 'ignore',
      onStale: 'ignore',
      onUnhealthy: 'ignore',
    },
    checks: [],
    restart: {
      backoffMinMs: 0,
      backoffMaxMs: 0,
      breaker: { exits: 1, withinMs: 1 },
      successCodes: [0],
      neverCodes: [],
    },
    logs: { maxBytes: Number.MAX_SAFE_INTEGER, maxAgeMs: undefined, keepBytes: Number.MAX_SAFE_INTEGER, gzip: false },
    reload: undefined,
    takeBackLast: false,
    singleton: true,
    port: undefined,
    waitReady: false,
    hash: '',
  };
}
