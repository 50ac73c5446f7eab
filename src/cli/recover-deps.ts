import { requireNoUnfinishedRestore } from '../backup/find-restores.js';
import type { RecoverDeps, RecoverReport } from '../commands/recover.js';
import type { Recovered } from '../core/recover-plan.js';
import { findWatchdog } from '../observe/find-watchdog.js';
import { readDaemonPid } from '../observe/observe-processes.js';
import { lookAtSupervision } from '../operate/look-at-supervision.js';
import { recoverStack } from '../operate/recover-stack.js';
import type { HomePaths } from '../process/home.js';
import { openStatusDb, openStatusDbToLook } from '../store/open.js';
import type { Deps } from './deps.js';
import type { Project } from './project.js';
import { withStackLock } from './stack-session.js';

/** What `sigctl recover` touches. It takes the stack's lock only where there is something to do. */
export function createRecoverDeps(deps: Deps): RecoverDeps {
  return {
    out: deps.out,
    look: async (config) => {
      const project = await deps.openOrLast(config);
      return project.isFresh ? undefined : look(deps, project);
    },
    recover: async ({ config, waitMs }) => {
      const found = await deps.sessionSetup(config, { orLast: true });
      // The boot unit calls it, and this is no boot.
      const setup = { ...found, actor: found.actor === 'boot' ? 'recover' : found.actor };
      const { paths } = setup.project;
      const request = { config, waitMs, command: 'recover', onProgress: () => undefined };
      const interruptNote = 'what was started goes on, and services are left as they are';
      return withStackLock({ ...setup, interruptNote }, request, async (context) => {
        requireNoUnfinishedRestore(paths.home);
        const db = openStatusDb(paths.statusDb);
        try {
          return report(paths, await recoverStack({ ...context, db }));
        } finally {
          db.close();
        }
      });
    },
  };
}

async function look({ nowMs }: Deps, { stack, paths }: Project): Promise<RecoverReport> {
  const db = openStatusDbToLook(paths.statusDb);
  try {
    const seen = await lookAtSupervision({ stack, paths, db, nowMs });
    return report(paths, { did: [], seen, failed: [] });
  } finally {
    db.close();
  }
}

function report(paths: HomePaths, recovered: Recovered): RecoverReport {
  return { ...recovered, daemonPid: readDaemonPid(paths) ?? null, watchdogPid: findWatchdog(paths)?.pid ?? null };
}
