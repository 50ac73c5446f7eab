import { existsSync } from 'node:fs';
import type { UndeliveredAlerts } from '../core/alert-view.js';
import type { ServiceReport } from '../core/service-report.js';
import type { Stack } from '../core/stack.js';
import type { StatusRow } from '../core/status-row.js';
import type { StoredCheck } from '../core/stored-check.js';
import type { SigctlError } from '../errors.js';
import { type ObservedInstance, observeProcesses, readDaemonPid } from '../observe/observe-processes.js';
import { observeStack } from '../observe/observe-stack.js';
import type { HomePaths } from '../process/home.js';
import { readUndelivered } from '../store/alert-rows.js';
import { readChecks } from '../store/checks.js';
import { type Desired, readDesired } from '../store/desired.js';
import { withInspection } from '../store/inspect-database.js';
import { LATEST_MIGRATION, readVersion } from '../store/migrate.js';
import { readStatuses } from '../store/service-status.js';
import { readUnready, type UnreadyProcesses } from '../store/unready.js';
import { readWatchdogBeat } from '../store/watchdog-beat.js';

/** What the status table says. */
export type StateReading =
  /** Nothing was ever started here. */
  | { readonly kind: 'absent' }
  /** It cannot be read; the check of the databases says why. */
  | { readonly kind: 'unreadable' }
  | {
      readonly kind: 'read';
      readonly statuses: readonly StatusRow[];
      readonly desired: readonly Desired[];
      readonly unready: UnreadyProcesses;
      readonly checks: readonly StoredCheck[];
      /** The watchdog's last sign of life. */
      readonly watchdogBeatAtMs: number | undefined;
      /** Alerts that no channel took so far. */
      readonly undelivered: UndeliveredAlerts | undefined;
      /** Rows that hold something impossible. */
      readonly faults: readonly SigctlError[];
    };

const NOTHING_READ = { statuses: [], desired: [], unready: {}, checks: [] };

/** What several checks look at, read when the first one asks. */
export interface Facts {
  /** Every process of the stack; empty when no stack is known. */
  readonly instances: () => readonly ObservedInstance[];
  readonly reports: () => readonly ServiceReport[];
  readonly daemonPid: () => number | undefined;
  readonly state: () => StateReading;
  /** Names of the services that should run: by the status table, or, where that cannot be read, those that do run. */
  readonly wanted: () => ReadonlySet<string>;
}

/** Facts of one look at the stack. */
export function createFacts(stack: Stack | undefined, paths: HomePaths, nowMs: () => number): Facts {
  const instances = once(() =>
    stack === undefined ? [] : observeProcesses(stack, { paths, nowMs: nowMs(), explain: () => true }),
  );
  const state = once(() => readState(paths.statusDb));
  return {
    instances,
    state,
    reports: once(() => (stack === undefined ? [] : readReports(stack, paths, state(), nowMs()))),
    daemonPid: once(() => readDaemonPid(paths)),
    wanted: once(() => wantedServices(state(), instances())),
  };
}

/** Calls it at most once. What it throws, it throws each time. */
function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: read() };
    return known.value;
  };
}

function readState(path: string): StateReading {
  if (!existsSync(path)) return { kind: 'absent' };
  try {
    return withInspection(path, (db): StateReading => {
      if (readVersion(db) !== LATEST_MIGRATION) return { kind: 'unreadable' };
      const faults: SigctlError[] = [];
      const statuses = readStatuses(db, (fault) => faults.push(fault));
      return {
        kind: 'read',
        statuses,
        desired: readDesired(db),
        unready: readUnready(db),
        checks: readChecks(db, (fault) => faults.push(fault)),
        watchdogBeatAtMs: readWatchdogBeat(db),
        undelivered: readUndelivered(db),
        faults,
      };
    });
  } catch {
    // Broken, locked or not ours to read: the check of the databases finds out which, and says so.
    return { kind: 'unreadable' };
  }
}

function readReports(stack: Stack, paths: HomePaths, state: StateReading, nowMs: number): readonly ServiceReport[] {
  const { statuses, desired, unready, checks } = state.kind === 'read' ? state : NOTHING_READ;
  return observeStack({ stack, home: paths.home, statuses, desired, unready, checks, nowMs });
}

function wantedServices(state: StateReading, instances: readonly ObservedInstance[]): ReadonlySet<string> {
  if (state.kind === 'read') {
    return new Set(state.desired.filter(({ wanted }) => wanted === 'running').map(({ service }) => service));
  }
  return new Set(instances.filter(({ process }) => process.kind === 'running').map(({ spec }) => spec.name));
}
