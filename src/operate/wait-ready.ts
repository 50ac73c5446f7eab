import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration, formatLimit } from '../core/duration.js';
import { exitRulesOf, isFinal, isSuccess } from '../core/exit-rules.js';
import { secretValues } from '../core/mask.js';
import { isSameProcess, type ProcessExit, type ProcessIdentity } from '../core/observed-process.js';
import type { StartFailure, StartOutcome } from '../core/outcome.js';
import { observeProcesses } from '../observe/observe-processes.js';
import { type ExitRecord, type JournalPosition, readExits } from '../process/exit-journal.js';
import { readGate } from '../process/gate.js';
import { gatePath, lockPath, logPath } from '../process/home.js';
import { isAlive } from '../process/identity.js';
import { type LaunchRecord, readLaunchRecord } from '../process/launch-record.js';
import { describeRefusal, GAVE_UP, LAUNCHER_EXIT } from '../process/launcher-exit.js';
import { readUptimeMs } from '../process/proc-stat.js';
import { tryReadStatus } from '../store/service-status.js';
import { recordAwaited, recordReadiness } from '../store/unready.js';
import type { OperateContext, Target } from './context.js';
import { readLastWords } from './last-words.js';
import { type ProbeDeps, probeReady } from './ready-probe.js';

const POLL_MS = 25;

export interface StartedProcess {
  readonly target: Target;
  readonly startId: string;
  /** By the clock that nobody sets. */
  readonly startedMonoMs: number;
  /** End of the exit journal before the start: what stands further up belongs to earlier runs. */
  readonly journalFrom: JournalPosition | undefined;
  readonly probe: ProbeDeps;
  /** Exits on record for this start id that happened before we began to wait. */
  readonly exitsBefore: number;
  /** So many further ones make the start a failure. */
  readonly exitsToFail: number;
}

/** Waits until a started process is ready by its rule, has failed, or the operator stops waiting. */
export async function waitReady(context: OperateContext, started: StartedProcess): Promise<StartOutcome> {
  const { target } = started;
  const { service, key } = { service: target.spec.name, key: target.key };
  const elapsedMs = () => context.monotonicMs() - started.startedMonoMs;
  const awaitAlive = createAwaiter(context, started);
  while (elapsedMs() < target.spec.ready.withinMs) {
    if (context.signal.aborted) return { kind: 'interrupted', service, key, launched: true };
    const live = readLive(context, started);
    awaitAlive(live);
    if (live !== undefined && (await probeReady(target.spec.ready, target, live, started.probe)) && isAlive(live)) {
      recordReadiness(context.db, key, live, true);
      return { kind: 'ready', service, key, pid: live.pid, tookMs: elapsedMs() };
    }
    const end = findEnd(context, started);
    if (end !== undefined) return end;
    await sleep(POLL_MS);
  }
  const live = readLive(context, started);
  if (live !== undefined) recordReadiness(context.db, key, live, false);
  return { kind: 'failed', ...notReady(context, started) };
}

/** Rules that nothing else shows: until they are met, `status` has to be told that the process is not ready. */
const UNSEEN: readonly Target['spec']['ready']['kind'][] = ['http', 'tcp', 'log', 'command', 'message'];

/** Puts each process that is waited for on record, once. */
function createAwaiter({ db }: OperateContext, { target: { spec, key } }: StartedProcess) {
  let known: ProcessIdentity | undefined;
  return (live: ProcessIdentity | undefined): void => {
    if (live === undefined || !UNSEEN.includes(spec.ready.kind)) return;
    if (known === undefined || !isSameProcess(known, live)) recordAwaited(db, key, live);
    known = live;
  };
}

function readLive(context: OperateContext, { target, startId }: StartedProcess): ProcessIdentity | undefined {
  if (target.spec.kind === 'cluster') return readClusterProcess(context, target);
  const record = readLaunchRecord(lockPath(context.paths, target.key));
  return record?.startId === startId && isAlive(record.identity) ? record.identity : undefined;
}

function readClusterProcess({ stack, paths, nowMs }: OperateContext, target: Target): ProcessIdentity | undefined {
  const alone = { ...stack, services: [target.spec] };
  const seen = observeProcesses(alone, { paths, nowMs: nowMs(), explain: () => false });
  const process = seen.find(({ key }) => key === target.key)?.process;
  return process?.kind === 'running' ? process.identity : undefined;
}

/** How the start ended, if it ended: with the work of a oneshot service done, or with too many exits. */
function findEnd(context: OperateContext, started: StartedProcess): StartOutcome | undefined {
  const { target, startId } = started;
  // PM2 starts the processes of a cluster itself, and its log does not tell them apart: the deadline judges them.
  if (target.spec.kind === 'cluster') return undefined;
  const record = readLaunchRecord(lockPath(context.paths, target.key));
  if (record?.startId !== startId) return failed(launcherFailure(context, started));
  const exits = countExits(record) - started.exitsBefore;
  const exit = exits === 0 ? undefined : lastExit(context, started, record);
  // The daemon writes an exit down a moment after the kernel reports it.
  if (exit === undefined) return undefined;
  if (target.spec.oneshot && exit.code !== null && isSuccess(exit, exitRulesOf(target.spec))) {
    const tookMs = context.monotonicMs() - started.startedMonoMs;
    return { kind: 'completed', service: target.spec.name, key: target.key, code: exit.code, tookMs };
  }
  return exits < started.exitsToFail && comesBack(context, started, exit)
    ? undefined
    : failed(crashed(context, started, exit, exits));
}

function failed(failure: StartFailure | undefined): StartOutcome | undefined {
  return failure === undefined ? undefined : { kind: 'failed', ...failure };
}

/** Whether another process of it will come, and soon enough to be waited for. */
function comesBack(
  context: OperateContext,
  { target, startId, startedMonoMs }: StartedProcess,
  exit: ExitRecord,
): boolean {
  const { spec, key } = target;
  if (!spec.autorestart || isFinal(exit, exitRulesOf(spec))) return false;
  const gate = readGate(gatePath(context.paths, key));
  if (gate?.startId !== startId || gate.state === 'run') return true;
  const leftMs = startedMonoMs + spec.ready.withinMs - context.monotonicMs();
  return gate.state === 'wait' && gate.atUptimeMs - readUptimeMs() < leftMs;
}

function countExits(record: LaunchRecord): number {
  return record.starts - (isAlive(record.identity) ? 1 : 0);
}

/** Its last exit since the start; not that of a launcher which gave up after it. */
function lastExit(
  { paths }: OperateContext,
  { target, journalFrom }: StartedProcess,
  record?: LaunchRecord,
): ExitRecord | undefined {
  return readExits(paths, journalFrom).exits.findLast(
    ({ key, code, pid }) => key === target.key && (code !== GAVE_UP || pid === record?.identity.pid),
  );
}

/** The launcher ended before it wrote its record: it was refused, or could not open a file. */
function launcherFailure(context: OperateContext, started: StartedProcess): StartFailure | undefined {
  const exit = lastExit(context, started);
  const reason = exit && describeRefusal(exit.code);
  if (reason === undefined) return undefined;
  return {
    ...base(context, started, exit),
    code: exit?.code === LAUNCHER_EXIT.locked ? 'LOCK_HELD' : 'LAUNCH_FAILED',
    reason,
    hint: hintAtRefusal(exit?.code ?? null, started.target.spec),
  };
}

function hintAtRefusal(code: number | null, { name, cwd }: Target['spec']): string {
  switch (code) {
    case LAUNCHER_EXIT.folder:
      return `Make the folder "${cwd}", or correct "cwd" in the manifest`;
    case LAUNCHER_EXIT.files:
      return 'sigctl doctor looks at permissions and space';
    default:
      // Whoever holds its lock, a stop ends; and it takes away what is left of the last start.
      return `sigctl stop ${name}, and start it again`;
  }
}

function crashed(context: OperateContext, started: StartedProcess, exit: ProcessExit, exits: number): StartFailure {
  const how = exit.signal === null ? `exited with code ${exit.code ?? 0}` : `was killed by ${exit.signal}`;
  const again = exits === 1 ? '' : ` (${exits} times)`;
  const when = started.target.spec.ready.kind === 'exit' ? '' : ' before it was ready';
  return {
    ...base(context, started, exit),
    code: 'CRASHED',
    reason: `${how}${when}${again}`,
    hint: `sigctl logs ${started.target.spec.name}`,
  };
}

function notReady(context: OperateContext, started: StartedProcess): StartFailure {
  const { spec } = started.target;
  return {
    ...base(context, started, undefined),
    code: 'NOT_READY',
    reason: `not ready within ${formatLimit(spec.ready.withinMs)} (waited for ${describeRule(spec.ready)}${describeFault(context, started.target)}); it is left running`,
    hint: `sigctl logs ${spec.name}`,
  };
}

/** A heartbeat that was written and cannot be read is told apart from none. */
function describeFault({ db }: OperateContext, { spec, instance }: Target): string {
  if (spec.ready.kind !== 'heartbeat') return '';
  const { fault } = tryReadStatus(db, spec.name, instance);
  return fault === undefined ? '' : `: ${fault.message}`;
}

function describeRule(rule: Target['spec']['ready']): string {
  switch (rule.kind) {
    case 'http':
      return `HTTP ${rule.path} on port ${rule.port}`;
    case 'tcp':
      return `port ${rule.port}`;
    case 'log':
      return `a log line like /${rule.pattern}/`;
    case 'command':
      return `"${rule.command}" to succeed`;
    case 'delay':
      return `${formatDuration(rule.delayMs)} alive`;
    case 'heartbeat':
      return 'its first heartbeat';
    case 'exit':
      return 'its end';
    case 'message':
      return "process.send('ready')";
  }
}

function base(
  context: OperateContext,
  { target, probe }: StartedProcess,
  exit: ProcessExit | undefined,
): Omit<StartFailure, 'code' | 'reason' | 'hint'> {
  return {
    service: target.spec.name,
    key: target.key,
    exitCode: exit?.code ?? null,
    exitSignal: exit?.signal ?? null,
    logTail: readLastWords(logPath(context.paths, target.key), probe.logOffset, secretValues(probe.env)),
  };
}
