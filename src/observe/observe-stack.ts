import { exitRulesOf } from '../core/exit-rules.js';
import { heartbeatLimitMs, isOwnRow, type JudgeInput, judge, progressLimitMs } from '../core/judge.js';
import type { ObservedProcess } from '../core/observed-process.js';
import type { ServiceReport } from '../core/service-report.js';
import type { Stack } from '../core/stack.js';
import type { StatusRow } from '../core/status-row.js';
import { currentChecks, type StoredCheck } from '../core/stored-check.js';
import type { Judgement } from '../core/verdict.js';
import { homePaths } from '../process/home.js';
import { readListeningPorts } from '../process/ports.js';
import { readTree } from '../process/tree.js';
import type { Desired } from '../store/desired.js';
import { isAwaited, isUnready, type UnreadyProcesses } from '../store/unready.js';
import { readCommandAtWork } from './command-at-work.js';
import { type ObservedInstance, observeProcesses, worthExplaining } from './observe-processes.js';

export interface StackObservation {
  readonly stack: Stack;
  /** `.sigctl` of the stack. */
  readonly home: string;
  readonly statuses: readonly StatusRow[];
  readonly desired: readonly Desired[];
  /** Processes that are on record as not ready. */
  readonly unready?: UnreadyProcesses;
  /** The answers to health checks that are on record; which of them count is found out here. */
  readonly checks?: readonly StoredCheck[];
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** As in `observeProcesses`. */
  readonly only?: string | undefined;
}

/** Verdict and facts for each process of the stack, in manifest order. Asks PM2 nothing and changes nothing. */
export function observeStack({
  stack,
  home,
  statuses,
  desired,
  unready = {},
  checks = [],
  nowMs,
  only,
}: StackObservation): readonly ServiceReport[] {
  const wanted = new Set(desired.filter((entry) => entry.wanted === 'running').map((entry) => entry.service));
  const paths = homePaths(stack.root, home);
  const instances = observeProcesses(stack, {
    paths,
    nowMs,
    only,
    explain: worthExplaining(paths, (service) => wanted.has(service)),
  });
  // Of one moment, and only where it is asked for.
  let atWork: { readonly command: string | undefined } | undefined;
  const commandAtWork = (): string | undefined => {
    atWork ??= { command: readCommandAtWork(paths) };
    return atWork.command;
  };
  return instances.map((instance) =>
    reportInstance(instance, {
      wanted: wanted.has(instance.spec.name),
      status: findRow(statuses, instance),
      unready,
      checks,
      commandAtWork,
      nowMs,
    }),
  );
}

export function findRow(statuses: readonly StatusRow[], { spec, instance }: ObservedInstance): StatusRow | undefined {
  return statuses.find((row) => row.service === spec.name && row.instance === instance);
}

export interface InstanceFacts {
  readonly wanted: boolean;
  readonly status: StatusRow | undefined;
  readonly unready: UnreadyProcesses;
  readonly checks: readonly StoredCheck[];
  /** The command that changes the stack now. */
  readonly commandAtWork: () => string | undefined;
  readonly nowMs: number;
}

/** The verdict on one process, from what the kernel shows and what the service says. */
export function judgeInstance(
  { spec, key, process, listed }: ObservedInstance,
  { wanted, status, unready, commandAtWork, nowMs }: InstanceFacts,
  answers: JudgeInput['checks'],
): Judgement {
  const live = process.kind === 'running' ? process.identity : undefined;
  const judgement = judge({
    service: spec.name,
    wanted,
    listed,
    process,
    exitRules: exitRulesOf(spec),
    status,
    checks: answers,
    health: spec.health,
    readyWithinMs: spec.ready.withinMs,
    isUnready: live !== undefined && isUnready(unready, key, live),
    isAwaited: live !== undefined && isAwaited(unready, key, live) && commandAtWork() !== undefined,
    readyByHeartbeat: spec.ready.kind === 'heartbeat',
    memoryLimitBytes: spec.memoryLimitBytes,
    memorySoftBytes: spec.memorySoftBytes,
    nowMs,
  });
  return judgement.verdict === 'down' && isFree(process) ? (onItsWay(commandAtWork()) ?? judgement) : judgement;
}

/** Nothing holds it back but that nobody has started it yet. */
function isFree(process: ObservedProcess): boolean {
  return process.kind === 'none' && process.holdback === null && process.leftovers.length === 0;
}

/** What is wanted and has no process yet, while a command is at work, is not down: nobody has to be told, and nothing to be typed. */
function onItsWay(command: string | undefined): Judgement | undefined {
  if (command === undefined) return undefined;
  const [, ours] = /^watchdog: (.*)$/s.exec(command) ?? [];
  const reason = ours === undefined ? `"sigctl ${command}" is at work` : `the watchdog is at work: ${ours}`;
  return { verdict: 'starting', reason };
}

/** Joins what the kernel shows with what the service says into one report. */
export function reportInstance(observed: ObservedInstance, facts: InstanceFacts): ServiceReport {
  const { spec, key, instance, process } = observed;
  const { wanted, status, nowMs } = facts;
  const answers = answersOf(observed, facts);
  const judgement = judgeInstance(observed, facts, answers);
  const live = process.kind === 'running' ? process : undefined;
  const own = live !== undefined && isOwnRow(status, live) ? status : undefined;
  return {
    service: spec.name,
    instance,
    key,
    verdict: judgement.verdict,
    reason: judgement.reason,
    next: judgement.next ?? null,
    wanted,
    state: own?.state ?? (status === undefined ? null : offlineOr(status)),
    stateReason: own?.reason ?? null,
    pid: live?.identity.pid ?? null,
    uptimeMs: live === undefined ? null : nowMs - live.startedAtMs,
    restarts: process.starts === 0 ? null : process.starts - 1,
    memoryBytes: live?.memoryBytes ?? null,
    memoryLimitBytes: spec.memoryLimitBytes ?? null,
    cpuPercent: live === undefined ? null : cpuPercent(live.cpuMs, nowMs - live.startedAtMs),
    heartbeatAgeMs: own === undefined ? null : nowMs - own.heartbeatAtMs,
    heartbeatWithinMs: heartbeatLimitMs(own, spec.health) ?? null,
    progressName: own?.progressName ?? spec.health.progress?.name ?? null,
    progressAgeMs: own?.progressAtMs == null ? null : nowMs - own.progressAtMs,
    progressWithinMs: progressLimitMs(own, spec.health) ?? null,
    port: live === undefined ? (spec.port ?? null) : listeningPort(spec.port, live.identity.pid),
    checks: answers.map(({ name, kind, ok, reason, sinceMs }) => ({
      ...{ name, kind, ok, reason },
      forMs: Math.max(0, nowMs - sinceMs),
    })),
  };
}

/** The last answers of the health checks of this very process. */
export function answersOf(
  { spec, instance, process }: ObservedInstance,
  { checks, nowMs }: Pick<InstanceFacts, 'checks' | 'nowMs'>,
) {
  return process.kind === 'running' ? currentChecks(checks, { spec, instance }, process.identity, nowMs) : [];
}

/** The port that it really listens on: the declared one, else the lowest of its own. Looked for only where one is declared. */
function listeningPort(declared: number | undefined, pid: number): number | null {
  if (declared === undefined) return null;
  const ports = readListeningPorts(readTree(pid));
  return ports.includes(declared) ? declared : (ports[0] ?? null);
}

/** A row whose writer is gone says `stopped` or `error` for good; any other state of a dead process is offline. */
function offlineOr(status: StatusRow): ServiceReport['state'] {
  return status.state === 'stopped' || status.state === 'error' ? status.state : 'offline';
}

function cpuPercent(cpuMs: number, aliveMs: number): number {
  return aliveMs <= 0 ? 0 : Math.round((1_000 * cpuMs) / aliveMs) / 10;
}
