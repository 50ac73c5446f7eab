import { formatDuration } from '../../core/duration.js';
import { findWatchdog } from '../../observe/find-watchdog.js';
import { readProcessState } from '../../process/process-state.js';
import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { type CheckFinding, error, info, notChecked, ok, warning } from '../report.js';
import { count, listSome } from '../words.js';

/** It says that it lives every five seconds. */
const LATE_MS = 30_000;

/** What was seen of the watchdog and of those whom it should watch. */
export interface WatchSituation {
  /** By the manifest. */
  readonly isEnabled: boolean;
  readonly pid: number | undefined;
  /** `T`: stopped by a signal. */
  readonly processState: string | undefined;
  /** Since its last sign of life; `undefined`: none is on record. */
  readonly silentMs: number | undefined;
  /** Services that should run and do. */
  readonly running: readonly string[];
  /** Those of them whose entries ask for what only a watchdog does. */
  readonly relying: readonly string[];
}

/** Whether somebody watches: without a watchdog PM2 restarts what ends, and nobody sees what hangs, leaks or fails its checks. */
export function checkWatchdog({ stack, facts, paths, nowMs }: CheckDeps): readonly CheckFinding[] {
  if (stack === undefined) return [notChecked(NO_STACK)];
  const wanted = facts.wanted();
  const running = new Set(
    facts.instances().flatMap(({ spec, listed, process }) => {
      return listed && process.kind === 'running' && wanted.has(spec.name) ? [spec.name] : [];
    }),
  );
  const specs = stack.services.filter(({ name }) => running.has(name));
  const state = facts.state();
  const beatAtMs = state.kind === 'read' ? state.watchdogBeatAtMs : undefined;
  const pid = findWatchdog(paths)?.pid;
  return [
    judgeWatchdog({
      isEnabled: stack.watch.enabled,
      pid,
      processState: pid === undefined ? undefined : readProcessState(pid),
      silentMs: beatAtMs === undefined ? undefined : nowMs() - beatAtMs,
      running: specs.map(({ name }) => name),
      relying: specs
        .filter(({ checks, memoryLimitBytes }) => checks.length > 0 || memoryLimitBytes !== undefined)
        .map(({ name }) => name),
    }),
  ];
}

/** Pure. */
export function judgeWatchdog(seen: WatchSituation): CheckFinding {
  if (seen.running.length === 0) return ok('nothing runs that should be watched');
  if (!seen.isEnabled) return judgeDisabled(seen);
  if (seen.pid === undefined) {
    return error({
      code: 'WATCHDOG_DOWN',
      evidence: `no watchdog runs, and ${count(seen.running.length, 'service')} should be watched: ${listSome(seen.running)}. What ends is restarted; what hangs, leaks or fails its health checks is not, no alert is sent and no log is rotated`,
      mend: 'sigctl recover',
    });
  }
  if (seen.processState === 'T' || seen.processState === 't') {
    return error({
      code: 'WATCHDOG_SILENT',
      subject: `pid ${seen.pid}`,
      evidence: `the watchdog (pid ${seen.pid}) is stopped (SIGSTOP, or a debugger): nobody watches`,
      mend: `kill -CONT ${seen.pid}`,
    });
  }
  if (seen.silentMs !== undefined && seen.silentMs > LATE_MS) {
    return error({
      code: 'WATCHDOG_SILENT',
      subject: `pid ${seen.pid}`,
      evidence: `the watchdog (pid ${seen.pid}) lives, and its last sign of life is ${formatDuration(seen.silentMs)} old, limit ${formatDuration(LATE_MS)}: it hangs, or cannot write the status table`,
      mend: `kill -9 ${seen.pid}: PM2 starts it again; sigctl logs watchdog says what it was doing`,
    });
  }
  const sign = seen.silentMs === undefined ? '' : `, last sign of life ${formatDuration(seen.silentMs)} ago`;
  return ok(`the watchdog (pid ${seen.pid}) watches ${count(seen.running.length, 'service')}${sign}`);
}

function judgeDisabled({ running, relying }: WatchSituation): CheckFinding {
  const mend = "remove watchdog: false from the manifest's sigctl block, then sigctl start";
  if (relying.length === 0) {
    return info({
      code: 'WATCHDOG_OFF',
      evidence: `the manifest turns the watchdog off: ${count(running.length, 'service')} without alerts, log rotation and a look at what hangs`,
      mend,
    });
  }
  return warning({
    code: 'WATCHDOG_OFF',
    evidence: `the manifest turns the watchdog off, and has health checks or memory limits that only it looks at: ${listSome(relying)}`,
    mend,
  });
}
