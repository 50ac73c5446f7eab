import { existsSync } from 'node:fs';
import { requireNoUnfinishedRestore } from '../backup/find-restores.js';
import type { RecordView, WithRecord } from '../commands/record-view.js';
import type { StoryProcess } from '../core/exit-story.js';
import { findNamed, type ServiceSpec, type Stack } from '../core/stack.js';
import { observeStack } from '../observe/observe-stack.js';
import { DAEMON_KEY, type HomePaths, WATCHDOG_KEY } from '../process/home.js';
import { readBootId } from '../process/proc-stat.js';
import { isUpToNow } from '../record/look-for-news.js';
import type { Reconciliation } from '../record/reconcile.js';
import { readSeenLaunch } from '../record/seen-launches.js';
import { readChecks } from '../store/checks.js';
import { readDesired } from '../store/desired.js';
import { readHistory, readKindsOnRecord, readServicesOnRecord } from '../store/history.js';
import { openStatusDb, openStatusDbToLook, type StatusDb } from '../store/open.js';
import { readStatuses } from '../store/service-status.js';
import { readUnready } from '../store/unready.js';
import { type Deps, writeNote } from './deps.js';
import type { Project } from './project.js';

/** What `sigctl why` and `history` touch. */
export function createRecordDeps(deps: Deps) {
  const withRecord: WithRecord = async (config, work, about) => {
    const project = await deps.openOrLast(config);
    requireNoUnfinishedRestore(project.paths.home);
    const view = (db: StatusDb | undefined): RecordView => ({
      stack: project.stack,
      readProcesses: () => readStories(db, project, deps),
      readListed: (only) => readReports(db, project, { ...deps, only }),
      readKinds: () => (db === undefined ? [] : readKindsOnRecord(db)),
      readEvents: (query) => (db === undefined ? [] : readHistory(db, query)),
    });
    return withRecordOf(project, { ...deps, about }, (db) => work(view(db)));
  };
  return { withRecord, nowMs: deps.nowMs, out: deps.out };
}

export interface RecordRequest extends Pick<Deps, 'nowMs' | 'version'> {
  /** One service, or a process of it; `undefined`: all. */
  readonly about: string | undefined;
  /** A connection that is open already: where the record is up to now, no other is needed. */
  readonly looking?: StatusDb | undefined;
}

/**
 * Opens the record of a stack and brings it up to now; where it is about one service, that one's. A project that never started anything
 * gets no state folder by a look.
 */
export async function withRecordOf<T>(
  { stack, paths }: Pick<Project, 'stack' | 'paths'>,
  { nowMs, version, about, looking }: RecordRequest,
  work: (db: StatusDb | undefined) => T,
): Promise<T> {
  if (!existsSync(paths.statusDb)) return work(undefined);
  const only = about === undefined ? undefined : findNamed(stack, about);
  const request = { stack, paths, nowMs: nowMs(), version };
  if (looking !== undefined && isUpToNow(looking, request, only)) return work(looking);
  const db = await openRecord(request, only);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** As a rule the watchdog has written down everything, and nothing that writes is needed. */
async function openRecord(request: Reconciliation, only: ServiceSpec | undefined): Promise<StatusDb> {
  const { statusDb } = request.paths;
  const looking = openStatusDbToLook(statusDb);
  if (orClose(looking, () => isUpToNow(looking, request, only))) return looking;
  looking.close();
  const { reconcile } = await import('../record/reconcile.js');
  const db = openStatusDb(statusDb);
  orClose(db, () => reconcile(db, request));
  return db;
}

function orClose<T>(db: StatusDb, work: () => T): T {
  try {
    return work();
  } catch (error) {
    db.close();
    throw error;
  }
}

function readStories(db: StatusDb | undefined, project: Project, deps: Deps): readonly StoryProcess[] {
  const { stack, paths } = project;
  const reports = readReports(db, project, deps);
  if (db === undefined) return reports;
  const ours = [DAEMON_KEY, WATCHDOG_KEY].map((key) => ownProcess(key, stack, paths, deps.nowMs()));
  const shown = new Set([...reports, ...ours].map(({ service }) => service));
  const gone = readServicesOnRecord(db).filter((service) => !shown.has(service));
  return [...reports, ...ours, ...gone.map((service) => absentProcess(service, 'no longer in the manifest'))];
}

function readReports(
  db: StatusDb | undefined,
  { stack, paths }: Project,
  { nowMs, terminal, only }: Deps & { readonly only?: string },
): readonly StoryProcess[] {
  const nothing = { stack, home: paths.home, statuses: [], desired: [], nowMs: nowMs(), only };
  if (db === undefined) return observeStack(nothing);
  const onFault = (fault: Error): void => writeNote(terminal, `note: ${fault.message}`);
  return observeStack({
    ...nothing,
    statuses: readStatuses(db, onFault),
    desired: readDesired(db),
    unready: readUnready(db),
    checks: readChecks(db, onFault),
  });
}

/** PM2's daemon and the watchdog, which no report is about. */
function ownProcess(key: string, stack: Stack, paths: HomePaths, nowMs: number): StoryProcess {
  const seen = readSeenLaunch({ key, service: key, instance: '0', spec: undefined }, { paths, bootId: readBootId() });
  if (seen?.alive !== true) {
    const isOff = key === WATCHDOG_KEY && !stack.watch.enabled;
    return absentProcess(key, isOff ? 'switched off in the manifest' : 'it starts with the first service');
  }
  const { identity, startedAtMs } = seen.process;
  return {
    ...absentProcess(key, 'it ends with the last service'),
    pid: identity.pid,
    uptimeMs: nowMs - startedAtMs,
    wanted: true,
    verdict: 'running',
  };
}

function absentProcess(key: string, reason: string): StoryProcess {
  const nothing = { pid: null, uptimeMs: null, next: null, memoryLimitBytes: null };
  return { ...nothing, service: key, key, wanted: false, verdict: 'stopped', reason };
}
