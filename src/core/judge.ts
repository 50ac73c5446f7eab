import { formatDuration, formatLimit } from './duration.js';
import type { ExitRules } from './exit-rules.js';
import { judgeAbsent } from './judge-absent.js';
import type { ObservedProcess } from './observed-process.js';
import { formatSize } from './size.js';
import type { HealthRule } from './stack.js';
import type { StatusRow } from './status-row.js';
import type { Judgement } from './verdict.js';

/** One failed or passed health check; a failed one makes the service `unhealthy`. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly reason: string;
}

/** How old heartbeat and progress may be. */
export type Freshness = Pick<HealthRule, 'heartbeatWithinMs' | 'progress'>;

export interface JudgeInput {
  readonly service: string;
  /** What the operator asked for. */
  readonly wanted: boolean;
  /** The manifest names it. */
  readonly listed: boolean;
  readonly process: ObservedProcess;
  /** The service's own row, `undefined` when it never wrote one. */
  readonly status: StatusRow | undefined;
  readonly exitRules: ExitRules;
  readonly checks: readonly CheckResult[];
  readonly health: Freshness;
  /** How long a start may take, from the rule of readiness. */
  readonly readyWithinMs: number;
  /** The command that started this process gave up waiting for it. */
  readonly isUnready: boolean;
  /** A command started it, is at work still, and waits for it by the rule of readiness. */
  readonly isAwaited: boolean;
  /** The service writes a heartbeat before it counts as ready. */
  readonly readyByHeartbeat: boolean;
  readonly memoryLimitBytes: number | undefined;
  readonly memorySoftBytes: number | undefined;
  readonly nowMs: number;
}

/**
 * The one verdict on a process of a service. Pure and total: reads no clock, asks nobody.
 *
 * What is worst wins: more than one process, then no process, then a late heartbeat, late work, what the service says
 * of itself, a failed check, nobody to restart it, a soft limit.
 */
export function judge(input: JudgeInput): Judgement {
  return input.process.kind === 'none' ? judgeAbsent(input, input.process) : judgeLive(input, input.process);
}

type Live = Extract<ObservedProcess, { kind: 'running' }>;

function judgeLive(input: JudgeInput, process: Live): Judgement {
  return (
    judgeUnlisted(input) ??
    judgeDuplicate(input, process) ??
    judgeHeartbeat(input, process) ??
    judgeProgress(input, process) ??
    judgeOwnWord(input, process) ??
    judgeReadiness(input, process) ??
    judgeChecks(input) ??
    judgeParent(input, process) ??
    judgeMemory(input, process) ?? { verdict: 'healthy', reason: healthyReason(input, process) }
  );
}

function judgeUnlisted({ listed, service }: JudgeInput): Judgement | undefined {
  if (listed) return undefined;
  return {
    verdict: 'orphaned',
    reason: 'runs, and is no longer in the manifest',
    next: `sigctl stop ${service}`,
  };
}

function judgeDuplicate({ service }: JudgeInput, process: Live): Judgement | undefined {
  if (process.duplicates.length === 0) return undefined;
  return {
    verdict: 'duplicate',
    reason: `runs as pid ${[process.identity.pid, ...process.duplicates].join(' and ')}`,
    next: `sigctl restart ${service}`,
  };
}

/** The row counts only when this very process wrote it: an older process's heartbeat proves nothing. */
export function isOwnRow(status: StatusRow | undefined, process: Live): status is StatusRow {
  if (status === undefined || status.pid !== process.identity.pid) return false;
  return status.startToken === null || status.startToken === process.identity.startToken;
}

function judgeHeartbeat(input: JudgeInput, process: Live): Judgement | undefined {
  const { status, health, nowMs } = input;
  const aliveMs = nowMs - process.startedAtMs;
  if (!isOwnRow(status, process)) {
    if (!expectsHeartbeat(input)) return undefined;
    if (aliveMs <= input.readyWithinMs) {
      return { verdict: 'starting', reason: `started ${formatDuration(aliveMs)} ago, no heartbeat yet` };
    }
    return hung(input, `no heartbeat since its start ${formatDuration(aliveMs)} ago`);
  }
  const limitMs = heartbeatLimitMs(status, health);
  const ageMs = nowMs - status.heartbeatAtMs;
  if (limitMs !== undefined && ageMs > limitMs) {
    return hung(input, `last heartbeat ${formatDuration(ageMs)} ago, limit ${formatLimit(limitMs)}`);
  }
  // It would look young until the clock has caught up, however long it hangs.
  if (limitMs !== undefined && ageMs < -limitMs) {
    const ahead = `last heartbeat is dated ${formatDuration(-ageMs)} ahead of the clock, which was set back`;
    return { verdict: 'degraded', reason: `${ahead}: the next one tells whether it hangs`, next: 'sigctl status' };
  }
  if (status.state === 'starting' && aliveMs <= input.readyWithinMs) {
    return { verdict: 'starting', reason: `started ${formatDuration(aliveMs)} ago` };
  }
  return undefined;
}

function expectsHeartbeat({ health, readyByHeartbeat }: JudgeInput): boolean {
  return readyByHeartbeat || health.heartbeatWithinMs !== undefined;
}

/** One beat may be late; when the second is missing too, the event loop is blocked. */
const LATE_AFTER_BEATS = 2;

/** The manifest's limit, else two of the service's own beats. */
export function heartbeatLimitMs(status: StatusRow | undefined, health: Freshness): number | undefined {
  if (health.heartbeatWithinMs !== undefined) return health.heartbeatWithinMs;
  return typeof status?.heartbeatEveryMs === 'number' && status.heartbeatEveryMs > 0
    ? status.heartbeatEveryMs * LATE_AFTER_BEATS
    : undefined;
}

function hung({ service }: JudgeInput, reason: string): Judgement {
  return { verdict: 'hung', reason, next: `sigctl restart ${service}` };
}

/** The service's own limit wins over the manifest's; 0 means that nothing is expected any more. */
export function progressLimitMs(status: StatusRow | undefined, health: Freshness): number | undefined {
  const own = status?.progressWithinMs ?? undefined;
  if (own === 0) return undefined;
  return own ?? health.progress?.withinMs;
}

function judgeProgress(input: JudgeInput, process: Live): Judgement | undefined {
  const { status, health, nowMs, service } = input;
  if (!isOwnRow(status, process)) return undefined;
  const limitMs = progressLimitMs(status, health);
  if (limitMs === undefined) return undefined;
  const name = status.progressName ?? health.progress?.name ?? 'progress';
  const ageMs = nowMs - (status.progressAtMs ?? process.startedAtMs);
  if (ageMs <= limitMs) return undefined;
  const since = status.progressAtMs === null ? `no ${name} since its start` : `last ${name}`;
  return {
    verdict: 'stale',
    reason: withOwnWord(`${since} ${formatDuration(ageMs)} ago, limit ${formatLimit(limitMs)}`, status),
    next: `sigctl logs ${service}`,
  };
}

function withOwnWord(reason: string, status: StatusRow): string {
  return status.state === 'error' && status.reason !== null ? `${reason}; ${status.reason}` : reason;
}

function judgeOwnWord(input: JudgeInput, process: Live): Judgement | undefined {
  const { status, service } = input;
  if (!isOwnRow(status, process)) return undefined;
  if (status.state === 'starting') {
    // Within its time to get ready this was judged `starting` already.
    const aliveMs = input.nowMs - process.startedAtMs;
    return {
      verdict: 'unhealthy',
      reason: `still starting after ${formatDuration(aliveMs)}, limit ${formatLimit(input.readyWithinMs)}`,
      next: `sigctl logs ${service}`,
    };
  }
  if (status.state === 'error') {
    return { verdict: 'unhealthy', reason: status.reason ?? 'reports an error', next: `sigctl logs ${service}` };
  }
  if (status.state === 'stopped') {
    return {
      verdict: 'unhealthy',
      reason: `says it stopped, and its process still lives${status.reason === null ? '' : `: ${status.reason}`}`,
      next: `sigctl restart ${service}`,
    };
  }
  return undefined;
}

function judgeReadiness(
  { isUnready, isAwaited, readyWithinMs, service, nowMs }: JudgeInput,
  { startedAtMs }: Live,
): Judgement | undefined {
  if (isAwaited)
    return { verdict: 'starting', reason: `started ${formatDuration(nowMs - startedAtMs)} ago, not ready yet` };
  if (!isUnready) return undefined;
  return {
    verdict: 'unhealthy',
    reason: `was not ready within ${formatLimit(readyWithinMs)} of its start; "sigctl start ${service}" looks again`,
    next: `sigctl logs ${service}`,
  };
}

function judgeChecks({ checks, service }: JudgeInput): Judgement | undefined {
  const failed = checks.filter((check) => !check.ok);
  if (failed.length === 0) return undefined;
  return {
    verdict: 'unhealthy',
    reason: failed.map((check) => `${check.name}: ${check.reason}`).join('; '),
    next: `sigctl logs ${service}`,
  };
}

function judgeParent({ service, wanted }: JudgeInput, process: Live): Judgement | undefined {
  if (process.parent === 'none') {
    return {
      verdict: 'orphaned',
      reason: 'runs, but not under PM2: nothing would restart it',
      next: `sigctl ${wanted ? 'restart' : 'stop'} ${service}`,
    };
  }
  if (wanted) return undefined;
  return { verdict: 'degraded', reason: 'runs, though it was asked to stop', next: `sigctl stop ${service}` };
}

function judgeMemory({ memoryLimitBytes, memorySoftBytes, service }: JudgeInput, process: Live): Judgement | undefined {
  if (memoryLimitBytes === undefined || memorySoftBytes === undefined) return undefined;
  if (process.memoryBytes < memorySoftBytes) return undefined;
  return {
    verdict: 'degraded',
    reason: `memory ${formatSize(process.memoryBytes)} of ${formatSize(memoryLimitBytes)}`,
    next: `sigctl logs ${service}`,
  };
}

function healthyReason({ status, nowMs }: JudgeInput, process: Live): string {
  if (!isOwnRow(status, process)) return 'runs';
  if (status.progressAtMs !== null) {
    return `last ${status.progressName ?? 'progress'} ${formatDuration(nowMs - status.progressAtMs)} ago`;
  }
  return status.reason ?? 'runs';
}
