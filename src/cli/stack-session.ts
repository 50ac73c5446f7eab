import { join } from 'node:path';
import { requireNoUnfinishedRestore } from '../backup/find-restores.js';
import { dropEarlyRestores } from '../backup/restore-folder.js';
import type { SessionRequest, StackSession } from '../commands/session.js';
import type { OperateContext } from '../operate/context.js';
import { openSession } from '../operate/session.js';
import { identify } from '../process/identity.js';
import { openStatusDb } from '../store/open.js';
import { acquireStackLock } from '../store/stack-lock.js';
import { syncDatabase } from '../store/sync-database.js';
import type { Project } from './project.js';

export interface SessionSetup {
  readonly project: Project;
  readonly packageRoot: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly actor: string;
  readonly nowMs: () => number;
  readonly note: (text: string) => void;
}

/** What a command works with while it holds the stack's lock. It opens the status table itself, if it needs it. */
export type LockedContext = Omit<OperateContext, 'db'>;

/** Takes the stack's lock, opens the status table, works, and gives both back in any case. Ctrl-C ends waiting, not services. */
export async function withStackSession<T>(
  setup: SessionSetup,
  request: SessionRequest,
  work: (session: StackSession) => Promise<T>,
): Promise<T> {
  const note = request.interruptNote ?? 'services are left as they are ("sigctl status" shows them)';
  return withStackLock({ ...setup, interruptNote: note }, request, async (context) => {
    const { home, statusDb } = context.paths;
    requireNoUnfinishedRestore(home);
    for (const text of dropEarlyRestores(home)) setup.note(`note: ${text}`);
    const db = openStatusDb(statusDb);
    try {
      return await work(openSession({ ...context, db }));
    } finally {
      db.close();
      keepThroughPowerCut(setup);
    }
  });
}

/** Takes the stack's lock, works, and gives it back in any case. @param setup.interruptNote What Ctrl-C means, for people. */
export async function withStackLock<T>(
  setup: SessionSetup & { readonly interruptNote: string },
  request: SessionRequest,
  work: (context: LockedContext) => Promise<T>,
): Promise<T> {
  const { project } = setup;
  let isAtWork = false;
  // Before it is at work there is nothing that could go on: the refusal of the lock tells what the interrupt means.
  const interrupt = watchInterrupt((text) => isAtWork && setup.note(`${text}: ${setup.interruptNote}`));
  for (const note of project.stack.notes) setup.note(`note: ${note}`);
  try {
    const release = await acquireStackLock({
      folder: project.paths.run,
      holder: { pid: process.pid, startToken: identify(process.pid)?.startToken, command: request.command },
      waitMs: request.waitMs,
      onWait: (other) =>
        setup.note(
          `waiting for ${other === undefined ? 'another sigctl command' : `"sigctl ${other.command}" (pid ${other.pid})`}`,
        ),
      signal: interrupt.signal,
    });
    isAtWork = true;
    try {
      return await work(createContext(setup, request, interrupt.signal));
    } finally {
      release();
    }
  } finally {
    interrupt.stop();
  }
}

/** What the operator wants was acknowledged: a boot after a power cut has to know it. */
function keepThroughPowerCut({ project, note }: SessionSetup): void {
  try {
    syncDatabase(project.paths.statusDb);
  } catch (error) {
    note(`note: a power cut now might undo this: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function createContext(
  { project, packageRoot, version, actor, nowMs, note }: SessionSetup,
  request: SessionRequest,
  signal: AbortSignal,
): LockedContext {
  let isRemembered = false;
  return {
    stack: project.stack,
    paths: project.paths,
    launcher: join(packageRoot, 'scripts/services/launch.sh'),
    sigctlBin: join(packageRoot, 'bin/sigctl'),
    watchdog: join(packageRoot, 'dist/services/watchdog/main.js'),
    shellEnv: project.shellEnv,
    actor,
    command: request.command,
    version,
    nowMs,
    monotonicMs: () => Math.floor(performance.now()),
    onLaunch: () => {
      if (isRemembered) return;
      isRemembered = true;
      project.rememberEnv();
      if (project.keptEnv.length > 0)
        note(
          `note: ${project.keptEnv.join(', ')} as in an earlier start (set it to change it, or to nothing to drop it)`,
        );
    },
    onNote: (text) => note(`note: ${text}`),
    onProgress: request.onProgress,
    signal,
  };
}

/** The first Ctrl-C (or SIGTERM) asks to stop waiting; a second one ends sigctl at once, as its default would. */
function watchInterrupt(note: (text: string) => unknown) {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    stop();
    note('Interrupted');
    controller.abort(signal);
  };
  const stop = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { signal: controller.signal, stop };
}
