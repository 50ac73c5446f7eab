/** What keeps the services of a stack alive, and those who rely on it, as one look saw them. */
export interface Supervision {
  /** PM2's daemon. `silent`: it lives and answers nobody. */
  readonly daemon: 'answers' | 'silent' | 'gone';
  /** `stopped`: by a signal (SIGSTOP), so that it watches nothing until it goes on. `off`: the manifest does without. */
  readonly watchdog: 'lives' | 'stopped' | 'gone' | 'off';
  /** Wanted services that run, or that ended since the boot while nobody was there to start them again. */
  readonly charges: readonly string[];
  /** Those of them that run without PM2, in the order in which they are taken back. */
  readonly orphans: readonly string[];
  /** Those of them that have no process, in the same order. */
  readonly lost: readonly string[];
}

/** `take-back`: of orphans, and of what was lost with the daemon, where no watchdog does it. */
export type RecoverStep = 'replace-daemon' | 'start-daemon' | 'start-watchdog' | 'take-back';

/**
 * What has to be done so that nothing which ends stays down. Pure; empty where all is well, and where nothing is wanted.
 *
 * A watchdog that lives replaces a silent daemon and takes services back by itself. A daemon that is gone is started all the same: its
 * kernel lock lets one of both win.
 */
export function planRecover(seen: Supervision): readonly RecoverStep[] {
  const { daemon, watchdog, charges, orphans } = seen;
  if (charges.length === 0) return [];
  const isReplaced = daemon === 'silent' && watchdog !== 'lives';
  const isTakenBack = watchdog === 'off' && (daemon === 'gone' || isReplaced || orphans.length > 0);
  return [
    ...(isReplaced ? (['replace-daemon'] as const) : []),
    ...(isReplaced || daemon === 'gone' ? (['start-daemon'] as const) : []),
    ...(watchdog === 'gone' ? (['start-watchdog'] as const) : []),
    ...(isTakenBack ? (['take-back'] as const) : []),
  ];
}

/** The services that are to be taken back where no watchdog does it: a daemon that was not new may be about to start what has no process. */
export function toTakeBack({ orphans, lost }: Supervision, isDaemonNew: boolean): readonly string[] {
  return isDaemonNew ? [...lost, ...orphans.filter((name) => !lost.includes(name))] : orphans;
}

/** How a recovery ended. */
export interface Recovered {
  /** In this order; empty: there was nothing to do. */
  readonly did: readonly RecoverStep[];
  /** As it is afterwards. */
  readonly seen: Supervision;
  /** Services that were to be taken back here, and did not get ready. */
  readonly failed: readonly string[];
}
