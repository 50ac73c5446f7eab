import { statSync } from 'node:fs';
import type { EventQuery } from '../commands/record-view.js';
import type { StackView } from '../commands/session.js';
import { tellStory } from '../commands/why.js';
import type { ExitStory } from '../core/exit-story.js';
import { detailSpec, type ServiceDetail } from '../core/service-detail.js';
import type { ServiceReport } from '../core/service-report.js';
import { SigctlError } from '../errors.js';
import { listSegments } from '../logs/segments.js';
import { homePaths, logPath, pidPath } from '../process/home.js';
import { readHistory } from '../store/history.js';
import type { Deps } from './deps.js';
import type { Project } from './project.js';
import { type RecordRequest, withRecordOf } from './record-deps.js';

type RecordClock = Pick<Deps, 'nowMs' | 'version'> & Pick<RecordRequest, 'looking'>;

/** Joins the reports of one service with its manifest entry, its files and the record of exits. */
export async function readServiceDetail(
  deps: RecordClock,
  view: StackView,
  reports: readonly ServiceReport[],
): Promise<ServiceDetail> {
  const service = reports[0]?.service ?? '';
  const paths = homePaths(view.stack.root, view.home);
  const exits = await readLastExits(deps, { stack: view.stack, paths }, reports);
  const processes = reports.map((report) => {
    const logFile = logPath(paths, report.key);
    return {
      report,
      logFile,
      logBytes: totalBytes(logFile),
      pidFile: pidPath(paths, report.key),
      lastExit: exits.get(report.key) ?? null,
    };
  });
  const spec = detailSpec(view.stack, service, view.mode ?? null);
  return { service, spec, processes };
}

/** Empty where the record cannot be read: what is seen now is worth showing without it. */
async function readLastExits(
  deps: RecordClock,
  { stack, paths }: Pick<Project, 'stack' | 'paths'>,
  reports: readonly ServiceReport[],
): Promise<ReadonlyMap<string, ExitStory>> {
  try {
    return await withRecordOf({ stack, paths }, { ...deps, about: reports[0]?.service }, (db) => {
      const readEvents = (query: EventQuery) => (db === undefined ? [] : readHistory(db, query));
      return new Map(reports.map((report) => [report.key, tellStory({ stack, readEvents }, report, deps.nowMs())]));
    });
  } catch (error) {
    if (error instanceof SigctlError) return new Map();
    throw error;
  }
}

function totalBytes(logFile: string): number | null {
  const sizes = [...listSegments(logFile), logFile].map((path) => statSync(path, { throwIfNoEntry: false })?.size);
  const known = sizes.filter((size) => size !== undefined);
  return known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0);
}
