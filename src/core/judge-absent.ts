import { formatDuration, formatLimit } from './duration.js';
import { type ExitRules, isCompleted, isFinal } from './exit-rules.js';
import type { Holdback, ObservedProcess, ProcessExit } from './observed-process.js';
import type { StatusRow } from './status-row.js';
import type { Judgement } from './verdict.js';

export interface AbsentInput {
  readonly service: string;
  readonly wanted: boolean;
  readonly status: StatusRow | undefined;
  readonly exitRules: ExitRules;
  readonly nowMs: number;
}

type Absent = Extract<ObservedProcess, { kind: 'none' }>;

/** The verdict on a service without a process: whether it should have one, why it has none, and whether one will come. Pure. */
export function judgeAbsent(input: AbsentInput, process: Absent): Judgement {
  const { service } = input;
  if (process.leftovers.length > 0) {
    return {
      verdict: input.wanted ? 'down' : 'orphaned',
      reason: `its process is gone, and pid ${process.leftovers.join(', ')} of its tree still holds the lock`,
      next: `sigctl ${input.wanted ? 'restart' : 'stop'} ${service}`,
    };
  }
  if (!input.wanted) return { verdict: 'stopped', reason: stoppedReason(input.status) };
  if (process.breakerOpen) return crashLoop(input, process);
  const { lastExit } = process;
  if (lastExit === null) {
    return { verdict: 'down', reason: 'should run, and has no process', next: `sigctl start ${service}` };
  }
  if (isCompleted(process, input.exitRules)) {
    return { verdict: 'stopped', reason: `completed with code ${lastExit.code}${ago(lastExit, input.nowMs)}` };
  }
  return judgeExit(input, process, lastExit);
}

function judgeExit({ service, exitRules, nowMs }: AbsentInput, { holdback }: Absent, exit: ProcessExit): Judgement {
  if (isFinal(exit, exitRules)) {
    const reason = `exited with code ${exit.code}, which is not restarted${ago(exit, nowMs)}`;
    return { verdict: 'down', reason, next: `sigctl start ${service}` };
  }
  const reason = describeExit(exit, nowMs);
  if (holdback === null || holdback.restartsInMs === null) {
    return { verdict: 'down', reason, next: `sigctl start ${service}` };
  }
  const wait = `restarts in ${formatDuration(holdback.restartsInMs)} (exit ${tally(holdback)})`;
  return { verdict: 'down', reason: `${reason}; ${wait}`, next: `sigctl logs ${service}` };
}

function tally({ exits, breaker }: Holdback): string {
  return `${exits} of ${breaker.exits} within ${formatLimit(breaker.withinMs)}`;
}

function crashLoop({ service, nowMs }: AbsentInput, { starts, holdback, lastExit }: Absent): Judgement {
  const count =
    holdback === null ? `${starts} starts` : `${holdback.exits} exits within ${formatLimit(holdback.breaker.withinMs)}`;
  const exit = describeExit(lastExit, nowMs);
  return {
    verdict: 'crash-loop',
    reason: `gave up after ${count}${exit === '' ? '' : `; ${exit}`}; "sigctl start ${service}" tries again`,
    next: `sigctl logs ${service}`,
  };
}

function stoppedReason(status: StatusRow | undefined): string {
  if (status === undefined || status.reason === null || status.reason === '') return 'stopped';
  if (status.state !== 'error' && status.state !== 'stopped') return 'stopped';
  return /^SIG[A-Z]+$/.test(status.reason) ? `ended in order on ${status.reason}` : status.reason;
}

/** `exited with code 3, 12s ago`, or an empty text when nothing is known. */
export function describeExit(exit: ProcessExit | null, nowMs: number): string {
  if (exit === null) return '';
  const how = exit.signal === null ? `exited with code ${exit.code ?? 0}` : `killed by ${exit.signal}`;
  return `${how}${ago(exit, nowMs)}`;
}

function ago({ atMs }: ProcessExit, nowMs: number): string {
  return atMs === null ? '' : `, ${formatDuration(nowMs - atMs)} ago`;
}
