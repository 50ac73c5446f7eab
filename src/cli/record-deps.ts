import { existsSync } from 'node:fs';
import { requireNoUnfinishedRestore } from '../backup/restore-folder.js';
import type { WithRecord } from '../commands/record-view.js';
import type { StoryProcess } from '../core/exit-story.js';
import type { Stack } from '../core/stack.js';
import { observeStack } from '../observe/observe-stack.js';
import { DAEMON_KEY, type HomePaths, WATCHDOG_KEY } from '../process/home.js';
import { readBootId } from '../process/proc-stat.js';
import { reconcile } from '../record/reconcile.js';
import { readSeenLaunch } from '../record/seen-launches.js';
import { readDesired } from '../store/desired.js';
import { readHistory, readKindsOnRecord, readServicesOnRecord } from '../store/history.js';
import { openStatusDb, type StatusDb } from '../store/open.js';
import { readStatuses } from '../store/service-status.js';
import { readUnready } from '../store/unready.js';
import { type Deps, writeNote } from './deps.js';
import type { Project } from './project.js';

/** What `sigctl why` and `history` touch. */
export function createRecordDeps(deps: Deps) {
  const withRecord: WithRecord = async (config, work) => {
    const project = await deps.openOrLast(config);
    requireNoUnfinishedRestore(project.paths.home);
    return withRecordOf(project, deps, (db) => {
      return work({
        stack: project.stack,
        readProcesses: () => readStories(db, project, deps),
        readKinds: () => (db === undefined ? [] : readKindsOnRecord(db)),
        readEvents: (query) => (db === undefined ? [] : readHistory(db, query)),
      });
    });
  };
  return { withRecord, nowMs: deps.nowMs, out: deps.out };
}

/** Opens the record of a stack and brings it up to now. A project that never started anything gets no state folder by a look. */
export function withRecordOf<T>(
  { stack, paths }: Pick<Project, 'stack' | 'paths'>,
  { nowMs, version }: Pick<Deps, 'nowMs' | 'version'>,
  work: (db: StatusDb | undefined) => T,
): T {
  if (!existsSync(paths.statusDb)) return work(undefined);
  const db = openStatusDb(paths.statusDb);
  try {
    reconcile(db, { stack, paths, nowMs: nowMs(), version });
    return work(db);
  } finally {
    db.close();
  }
}

function readStories(
  db: StatusDb | undefined,
  { stack, paths }: Project,
  { nowMs, terminal }: Deps,
): readonly StoryProcess[] {
  const nothing = { stack, home: paths.home, statuses: [], desired: [], nowMs: nowMs() };
  if (db === undefined) return observeStack(nothing);
  const reports = observeStack({
    ...nothing,
    statuses: readStatuses(db, (fault) => writeNote(terminal, `note: ${fault.message}`)),
    desired: readDesired(db),
    unready: readUnready(db),
  });
  const ours = [DAEMON_KEY, WATCHDOG_KEY].map((key) => ownProcess(key, stack, paths, nowMs()));
  const shown = new Set([...reports, ...ours].map(({ service }) => service));
  const gone = readServicesOnRecord(db).filter((service) => !shown.has(service));
  return [...reports, ...ours, ...gone.map((service) => absentProcess(service, 'no longer in the manifest'))];
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
