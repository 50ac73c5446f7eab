import { statSync } from 'node:fs';
import { isSameProcess, type ProcessIdentity } from '../../core/observed-process.js';
import { exitJournalPath, lockPath, pidPath } from '../../process/home.js';
import { removeStalePidFile } from '../../process/stale-pid-file.js';
import { pruneHistory } from '../../record/prune-history.js';
import { reconcile } from '../../record/reconcile.js';
import { recordMemory } from '../../store/processes.js';
import type { WatchContext } from './context.js';
import type { Duty, LastDuty } from './duty.js';
import type { Watched } from './watch.js';

/** Every start shows in a process, and every end in the journal or in a process too: without such a sign this is a net below. */
const IDLE_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;
/** What a process has at most is written down when it has grown by so much: each write wakes every reader of the table. */
const GROWN_SHARE = 1.05;
const GROWN_BYTES = 2 * 1024 ** 2;

interface Peak {
  readonly process: ProcessIdentity;
  bytes: number;
  writtenBytes: number;
}

/** Keeps the flight recorder up to date: the largest memory of each process, and what started and ended. */
export function createRecorder(context: WatchContext) {
  const { db, stack, paths, nowMs, monotonicMs, version, log } = context;
  const peaks = new Map<string, Peak>();
  let recorded: Signs = [];
  let recordedAtMs = Number.NEGATIVE_INFINITY;

  const record = (): void => {
    recordedAtMs = monotonicMs();
    const events = reconcile(db, { stack: stack(), paths, nowMs: nowMs(), version });
    for (const { kind, service, cause, pid, exitCode, exitSignal } of events)
      log.info(kind, {
        service,
        cause: cause ?? undefined,
        pid,
        exitCode: exitCode ?? undefined,
        exitSignal: exitSignal ?? undefined,
      });
  };

  return {
    /** Takes in one look at everything, and records where it shows that something happened. */
    onLook: (seen: readonly Watched[], daemonPid: number | undefined): void => {
      for (const watched of seen) notePeak(context, peaks, watched);
      const signs = readSigns(context, seen, daemonPid);
      if (isSame(signs, recorded) && monotonicMs() - recordedAtMs < IDLE_MS) return;
      record();
      for (const { instance } of seen) if (instance.process.kind === 'none') dropPidFile(context, instance);
      // Only now: what could not be written is tried again.
      recorded = signs;
    },
    duty: { name: 'keep the record', drain: record } satisfies LastDuty,
  };
}

/** Numbers that are others when something has started or ended. */
type Signs = readonly (number | undefined)[];

function readSigns({ paths }: WatchContext, seen: readonly Watched[], daemonPid: number | undefined): Signs {
  const journal = statSync(exitJournalPath(paths), { throwIfNoEntry: false });
  const pids = seen.map(({ instance: { process } }) => (process.kind === 'none' ? undefined : process.identity.pid));
  return [journal?.ino, journal?.size, daemonPid, ...pids];
}

function isSame(a: Signs, b: Signs): boolean {
  return a.length === b.length && a.every((sign, index) => sign === b[index]);
}

/** Forgets what is older than the manifest wants. */
export function pruneRecord({ stack, db, nowMs }: Pick<WatchContext, 'stack' | 'db' | 'nowMs'>): Duty {
  return {
    name: 'prune the record',
    everyMs: PRUNE_EVERY_MS,
    run: () => pruneHistory(db, stack().watch.history, nowMs()),
  };
}

/** `kill $(cat …)` must not reach a stranger who got the number of a service that crashed and is not back. */
function dropPidFile({ paths }: WatchContext, { spec, key }: Watched['instance']): void {
  if (spec.kind === 'launcher') removeStalePidFile(pidPath(paths, key), lockPath(paths, key));
}

/** The peak of the process before is on record before the new one is seen by the recorder. */
function notePeak({ db }: WatchContext, peaks: Map<string, Peak>, { instance, tree }: Watched): void {
  const known = peaks.get(instance.key);
  const { process } = instance;
  const isSame = process.kind === 'running' && known !== undefined && isSameProcess(known.process, process.identity);
  if (known !== undefined && !isSame) {
    if (known.bytes > known.writtenBytes) recordMemory(db, instance.key, known.bytes);
    peaks.delete(instance.key);
  }
  if (process.kind === 'none' || tree === undefined) return;
  const peak = (isSame ? known : undefined) ?? { process: process.identity, bytes: 0, writtenBytes: 0 };
  peaks.set(instance.key, peak);
  peak.bytes = Math.max(peak.bytes, tree.memoryBytes);
  // A new process is written with the first growth: until then the recorder has the one before under this key.
  if (!isSame || peak.bytes < peak.writtenBytes * GROWN_SHARE + GROWN_BYTES) return;
  recordMemory(db, instance.key, peak.bytes);
  peak.writtenBytes = peak.bytes;
}
