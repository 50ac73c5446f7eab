import type { ServiceEvent } from '../../core/service-event.js';
import type { TopLook } from '../../core/top/top-look.js';
import { readProcStat } from '../../process/proc-stat.js';
import { readTree } from '../../process/tree.js';
import { reconcile } from '../../record/reconcile.js';
import { newestEventId, readHistory } from '../../store/history.js';
import { openStatusDb, type StatusDb } from '../../store/open.js';
import { readStatuses } from '../../store/service-status.js';
import type { Project } from '../project.js';
import { readStackView } from '../stack-view.js';

/** More than a screen has lines. */
const EVENTS_SHOWN = 60;

export interface LookClock {
  readonly nowMs: () => number;
  /** Never jumps. */
  readonly clockMs: () => number;
}

interface Seen {
  readonly id: number;
  readonly events: readonly ServiceEvent[];
}

/** Looks at a stack again and again; events are read only when there are new ones. */
export class TopLooker {
  readonly #clock: LookClock;
  readonly #version: string;
  #seen: Seen = { id: -1, events: [] };

  constructor(clock: LookClock, version: string) {
    this.#clock = clock;
    this.#version = version;
  }

  /** As `status` reads; only where no watchdog lives, what ended is also put on record, as `history` does. */
  look(project: Project): TopLook {
    const view = readStackView(project, this.#clock.nowMs, () => undefined);
    const reports = view.reports();
    const { events, progress } = this.#readDb(project, view.watchdog === undefined);
    return {
      atMs: this.#clock.nowMs(),
      clockMs: this.#clock.clockMs(),
      name: view.stack.name,
      mode: view.mode ?? null,
      daemonPid: view.daemonPid ?? null,
      isDaemonStopped: view.isDaemonStopped ?? false,
      watchdogPid: view.watchdog?.pid ?? null,
      isWatched: view.stack.watch.enabled,
      modes: view.stack.modes,
      processes: reports.map((report) => ({
        report,
        cpuMs: report.pid === null ? null : readTreeCpuMs(report.pid),
        progressSeq: progress.get(`${report.service}\n${report.instance}`) ?? null,
      })),
      events,
    };
  }

  #readDb(project: Project, isUnwatched: boolean) {
    const progress = new Map<string, number | null>();
    if (project.isFresh) return { events: [], progress };
    const db = openStatusDb(project.paths.statusDb);
    try {
      if (isUnwatched) this.#record(db, project);
      const id = newestEventId(db);
      if (id !== this.#seen.id) this.#seen = { id, events: readHistory(db, NEWEST) };
      for (const row of readStatuses(db, () => undefined)) {
        progress.set(`${row.service}\n${row.instance}`, row.progressSeq);
      }
      return { events: this.#seen.events, progress };
    } finally {
      db.close();
    }
  }

  #record(db: StatusDb, { stack, paths }: Project): void {
    reconcile(db, { stack, paths, nowMs: this.#clock.nowMs(), version: this.#version });
  }
}

const NEWEST = { services: [], kinds: [], limit: EVENTS_SHOWN };

function readTreeCpuMs(pid: number): number {
  return readTree(pid).reduce((sum, member) => sum + (readProcStat(member)?.cpuMs ?? 0), 0);
}
