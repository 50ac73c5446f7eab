import type { Recovery } from '../../core/recovery-plan.js';
import { processKeys } from '../../core/stack.js';
import type { OperateContext } from '../../operate/context.js';
import { connectDaemon } from '../../operate/daemon.js';
import { openSession } from '../../operate/session.js';
import { identify } from '../../process/identity.js';
import { acquireStackLock } from '../../store/stack-lock.js';
import type { WatchContext } from './context.js';

/** A command may take as long as its services need; it is never fought. */
const LOCK_WAIT_MS = 24 * 3_600_000;

/** What the operator's commands work with, for what the watchdog does in their place. */
export function operateContext(context: WatchContext, command: string): OperateContext {
  return {
    stack: context.stack(),
    paths: context.paths,
    db: context.db,
    launcher: context.launcher,
    sigctlBin: context.sigctlBin,
    watchdog: context.watchdog,
    shellEnv: context.shellEnv(),
    actor: 'watchdog',
    command,
    cause: 'taken-back',
    version: context.version,
    nowMs: context.nowMs,
    monotonicMs: () => Math.floor(context.monotonicMs()),
    onLaunch: () => undefined,
    onNote: (text) => context.log.warn(text),
    onProgress: () => undefined,
    signal: context.signal,
  };
}

/** Works while no command changes the stack. @throws {SigctlError} `INTERRUPTED` when the watchdog is to end meanwhile. */
export async function withStackLock<T>(
  { paths, signal }: Pick<WatchContext, 'paths' | 'signal'>,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  const release = await acquireStackLock({
    folder: paths.run,
    holder: { pid: process.pid, startToken: identify(process.pid)?.startToken, command },
    waitMs: LOCK_WAIT_MS,
    onWait: () => undefined,
    signal,
  });
  try {
    return await work();
  } finally {
    release();
  }
}

/** `back`: it is under PM2 again, or about to be. `failed`: it did not start. `moot`: there was nothing left to do. `known`: PM2 has it. */
export type TakenBack = 'back' | 'failed' | 'moot' | 'known';

/**
 * Brings one service back under PM2: an orphan by a restart, since no process can be given another parent; a lost one by a start.
 * Looks again once it has the stack's lock: what a command did meanwhile stands.
 */
export async function takeBack(
  context: WatchContext,
  { service, what }: Recovery,
  isStill: () => boolean,
): Promise<TakenBack> {
  const command = `watchdog: take ${service} back`;
  return withStackLock(context, command, async () => {
    if (context.signal.aborted || !isStill()) return 'moot';
    if (what === 'lost' && (await isKnownToPm2(context, service))) return 'known';
    const session = openSession(operateContext(context, command));
    const started =
      what === 'lost'
        ? await session.applyStart(session.planStart([service]))
        : (await session.applyRestart([service], { watchdog: false, again: [] })).started;
    return started.every(({ kind }) => kind !== 'failed' && kind !== 'skipped') ? 'back' : 'failed';
  });
}

/** An app that waits for its restart, or that PM2 gave up, is not lost. A daemon that does not answer knows nothing that we could act on. */
async function isKnownToPm2(context: WatchContext, service: string): Promise<boolean> {
  const spec = context.stack().services.find(({ name }) => name === service);
  const keys = spec === undefined ? [service] : [service, ...processKeys(spec)];
  const client = await connectDaemon(context);
  if (client === undefined) return true;
  try {
    const apps = await client.list();
    return apps.some(({ name }) => keys.includes(name));
  } finally {
    client.close();
  }
}
