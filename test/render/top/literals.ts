import type { LogRecord } from '../../../src/core/log-line.js';
import type { ServiceEvent } from '../../../src/core/service-event.js';
import type { ServiceReport } from '../../../src/core/service-report.js';
import type { TopLook, TopProcess } from '../../../src/core/top/top-look.js';
import { report } from '../report.js';

/** Noon of a day, in the time zone of the machine. */
export const NOON_MS = new Date(2026, 2, 1, 12, 0, 0).getTime();

export function topProcess(over: Partial<ServiceReport> = {}, figures: Partial<TopProcess> = {}): TopProcess {
  return { report: report(over), cpuMs: 1_000, progressSeq: 10, ...figures };
}

export function topLook(over: Partial<TopLook> = {}): TopLook {
  return {
    atMs: NOON_MS,
    clockMs: 0,
    name: 'app',
    mode: 'standard',
    daemonPid: 77,
    isDaemonStopped: false,
    watchdogPid: 78,
    isWatched: true,
    modes: { standard: ['trading', 'market-data'], full: ['trading', 'market-data', 'web'] },
    processes: [topProcess()],
    events: [],
    ...over,
  };
}

export function logLine(msg: string, over: Partial<LogRecord> = {}): LogRecord {
  const raw = JSON.stringify({ msg });
  const who = { service: 'trading', instance: '0', key: 'trading' };
  return { ...who, atMs: NOON_MS - 1_000, level: 'info', msg, fields: {}, raw, json: true, ...over };
}

export function event(over: Partial<ServiceEvent>): ServiceEvent {
  return {
    atMs: NOON_MS - 60_000,
    service: 'trading',
    instance: '0',
    kind: 'start',
    cause: 'operator',
    actor: 'operator ann',
    pid: 812,
    exitCode: null,
    exitSignal: null,
    manifestHash: null,
    version: null,
    memoryBytes: null,
    logTail: null,
    detail: null,
    ...over,
  };
}

const DOWN: Partial<ServiceReport> = {
  ...{ service: 'market-data', key: 'market-data', verdict: 'down', pid: null, uptimeMs: null, memoryBytes: null },
  ...{
    reason: 'exited with code 3, restarts in 3.2s (exit 4 of 5)',
    next: 'sigctl logs market-data',
    progressAgeMs: null,
  },
};

/** Four processes of three services; one of them is down. */
export const STACK_LOOK: TopLook = topLook({
  processes: [
    topProcess(),
    topProcess(DOWN, { cpuMs: null, progressSeq: null }),
    topProcess(
      { service: 'web', key: 'web-0', pid: 900, memoryLimitBytes: null, progressAgeMs: null },
      { progressSeq: null },
    ),
    topProcess(
      { service: 'web', key: 'web-1', instance: '1', pid: 901, memoryLimitBytes: null, progressAgeMs: null },
      { progressSeq: null },
    ),
  ],
  events: [
    event({}),
    event({ kind: 'ready', atMs: NOON_MS - 59_000, detail: { tookMs: 1_000 } }),
    event({
      ...{ service: 'market-data', kind: 'exit', cause: 'crash', actor: 'service', exitCode: 3, pid: 813 },
      ...{ atMs: NOON_MS - 5_000, detail: { uptimeMs: 4_000, reason: 'it ended by itself with code 3' } },
    }),
  ],
});
