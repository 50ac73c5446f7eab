import type { Logger } from 'pino';
import type { ReloadReport } from '../store/service-status.js';
import type { ReloadHook } from './service.js';

/** What reloads need from the rest of the kit. */
export interface ReloadParts {
  readonly log: Logger;
  readonly now: () => number;
  /** Aborted when the shutdown begins: nothing is reloaded any more. */
  readonly signal: AbortSignal;
  /** Puts it on record, where `sigctl reload` waits for it. */
  readonly report: (report: ReloadReport) => void;
}

/**
 * Makes SIGHUP a reload, from the first hook on; without one SIGHUP keeps its default and ends the process. A signal that comes
 * while a reload is under way is followed by one more, since the files may have changed since that one read them.
 */
export function createReloads({ log, now, signal, report }: ReloadParts): {
  readonly onReload: (hook: ReloadHook) => void;
} {
  const hooks: ReloadHook[] = [];
  let seq = 0;
  let isRunning = false;
  let isAskedAgain = false;

  const reload = async (): Promise<void> => {
    const started_at_ms = now();
    const error = await runAll(hooks);
    seq++;
    if (error === null) log.info('reloaded');
    else log.error(`cannot reload: ${error}`);
    report({ seq, pid: process.pid, started_at_ms, at_ms: now(), error });
  };
  const onSignal = async (): Promise<void> => {
    if (signal.aborted) return;
    if (isRunning) {
      isAskedAgain = true;
      return;
    }
    isRunning = true;
    do {
      isAskedAgain = false;
      await reload();
    } while (isAskedAgain && !signal.aborted);
    isRunning = false;
  };
  return {
    onReload(hook) {
      hooks.push(hook);
      if (hooks.length > 1) return;
      process.on('SIGHUP', () => void onSignal());
      report({ seq, pid: process.pid, started_at_ms: now(), at_ms: now(), error: null });
    },
  };
}

/** @returns Why it failed; the hooks after the one that threw are left out. */
async function runAll(hooks: readonly ReloadHook[]): Promise<string | null> {
  try {
    for (const hook of hooks) await hook();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
