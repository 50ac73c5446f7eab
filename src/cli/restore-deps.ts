import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { listDatabases } from '../backup/databases.js';
import { hashFile } from '../backup/durable.js';
import { findRestores } from '../backup/find-restores.js';
import { listBackups } from '../backup/prune-backups.js';
import { removeAbandoned, removeRestoreFolder } from '../backup/restore-folder.js';
import { type VerifiedBackup, verifyBackup } from '../backup/verify-backup.js';
import type { Interruptible, LockRequest, PreparedRestore, RestoreDeps, UndoneRestore } from '../commands/restore.js';
import { planRestore } from '../core/restore-plan.js';
import { observeProcesses } from '../observe/observe-processes.js';
import { interruptedBy } from '../operate/interrupted-by.js';
import { restoreStack, undoRestore } from '../operate/restore-stack.js';
import { CANDLES_VERSION } from '../service/market/candle-schema.js';
import { LEDGER_VERSION } from '../services/trading/ledger-schema.js';
import { LATEST_MIGRATION } from '../store/migrate.js';
import type { Deps } from './deps.js';
import { lazySteps } from './lazy-steps.js';
import type { Project } from './project.js';
import { type LockedContext, withStackLock } from './stack-session.js';

/** Newest versions that the shipped services know. A database of another program is its own business. */
const KNOWN_VERSIONS = {
  'status.db': LATEST_MIGRATION,
  'data/market.db': CANDLES_VERSION,
  'data/trading.paper.db': LEDGER_VERSION,
};

/** What `sigctl restore` touches. */
export function createRestoreDeps(deps: Deps): RestoreDeps {
  return {
    out: deps.out,
    prepare: async (backup, config) => prepare(deps, await deps.openProject(config), backup),
    undo: (request) => locked(deps, request, 'restore --undo', (context) => undoAll(context)),
    newest: async (config) => newestBackup(await deps.openProject(config)),
    confirm: process.stdin.isTTY === true && deps.terminal.errIsTerminal ? ask : undefined,
  };
}

async function prepare(deps: Deps, { stack, paths }: Project, named: string): Promise<PreparedRestore> {
  const steps = lazySteps(deps.terminal);
  try {
    const limits = { stack: stack.name, knownVersions: KNOWN_VERSIONS };
    const backup = await verifyBackup(findFolder(stack.root, named), limits, steps.step);
    const manifestDiffers = (await hashFile(stack.manifestPath)) !== backup.index.manifest.sha256;
    return {
      plan: planRestore(backup.folder, backup.index, listDatabases(paths.home), manifestDiffers),
      running: runningServices(deps, { stack, paths }),
      apply: (request) => locked(deps, request, `restore ${named}`, (context) => applyRestore(deps, context, backup)),
    };
  } finally {
    steps.done();
  }
}

/** As typed, else by its name in the project's `backups/`. */
function findFolder(root: string, named: string): string {
  const typed = resolve(named);
  const byName = join(root, 'backups', named);
  return !existsSync(typed) && existsSync(byName) ? byName : typed;
}

function runningServices(deps: Deps, { stack, paths }: Pick<Project, 'stack' | 'paths'>): readonly string[] {
  if (!existsSync(paths.home)) return [];
  const seen = observeProcesses(stack, { paths, nowMs: deps.nowMs(), explain: () => false });
  const live = seen.filter(({ process }) => process.kind === 'running').map(({ spec }) => spec.name);
  return stack.services.map(({ name }) => name).filter((name) => live.includes(name));
}

async function applyRestore(deps: Deps, context: LockedContext, backup: VerifiedBackup) {
  const { home } = context.paths;
  for (const found of findRestores(home)) {
    // Its databases are those in force; what came before them is given up with this restore.
    if (found.journal.phase === 'placed') removeRestoreFolder(found.folder);
    else await undoFirst(deps, context, found);
  }
  removeAbandoned(home);
  const steps = lazySteps(deps.terminal);
  try {
    return await restoreStack(context, backup, steps);
  } finally {
    steps.done();
  }
}

async function undoFirst(deps: Deps, context: LockedContext, found: ReturnType<typeof findRestores>[number]) {
  const { backup } = await undoRestore(context, found);
  deps.out.note(`note: the restore of "${backup}" was interrupted; the state from before it was brought back first`);
}

/** The latest restore first: each knows what it replaced. */
async function undoAll(context: LockedContext): Promise<readonly UndoneRestore[]> {
  const { home } = context.paths;
  const undone: UndoneRestore[] = [];
  for (const found of findRestores(home).toReversed()) undone.push(await undoRestore(context, found));
  removeAbandoned(home);
  return undone;
}

async function locked<T>(
  deps: Deps,
  { config, waitMs, onProgress }: LockRequest,
  command: string,
  work: (context: LockedContext) => Promise<T>,
): Promise<Interruptible<T>> {
  const setup = await deps.sessionSetup(config);
  const interruptNote = 'the state from before is brought back, unless the databases are replaced already';
  return withStackLock({ ...setup, interruptNote }, { config, waitMs, command, onProgress }, async (context) => ({
    result: await work(context),
    by: interruptedBy(context.signal),
  }));
}

async function newestBackup({ stack }: Project): Promise<string | undefined> {
  const own = listBackups(join(stack.root, 'backups')).filter((backup) => backup.stack === stack.name);
  const newest = own.toSorted((a, b) => a.asOfMs - b.asOfMs).at(-1);
  return newest === undefined ? undefined : basename(newest.folder);
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^(y|yes)$/i.test((await terminal.question(`${question} [yes/no] `)).trim());
  } finally {
    terminal.close();
  }
}
