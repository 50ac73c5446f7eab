import type { ProcessDetail } from '../../src/core/service-detail.js';
import type { ServiceReport } from '../../src/core/service-report.js';

/** A healthy service, some of it replaced. */
export function report(over: Partial<ServiceReport> = {}): ServiceReport {
  return {
    service: 'trading',
    instance: '0',
    key: 'trading',
    verdict: 'healthy',
    reason: 'last cycle 1.2s ago',
    next: null,
    wanted: true,
    state: 'scanning',
    stateReason: null,
    pid: 812,
    uptimeMs: 252_000,
    restarts: 0,
    memoryBytes: 72 * 1024 ** 2,
    memoryLimitBytes: 2 * 1024 ** 3,
    cpuPercent: 0.7,
    heartbeatAgeMs: 1_800,
    heartbeatWithinMs: 15_000,
    progressName: 'cycle',
    progressAgeMs: 1_200,
    progressWithinMs: 90_000,
    port: null,
    checks: [],
    ...over,
  };
}

/** A service that does not run, and was not asked to. */
export const STOPPED = report({
  service: 'signals',
  key: 'signals',
  verdict: 'stopped',
  reason: 'ended in order on SIGINT',
  wanted: false,
  state: 'stopped',
  pid: null,
  uptimeMs: null,
  restarts: null,
  memoryBytes: null,
  cpuPercent: null,
  heartbeatAgeMs: null,
  progressAgeMs: null,
});

/** The same with the files of its process, some of it replaced. */
export function detailOf(found: ServiceReport, over: Partial<ProcessDetail> = {}): ProcessDetail {
  return {
    report: found,
    logFile: `/srv/logs/${found.key}.log`,
    logBytes: 2048,
    pidFile: `/srv/.sigctl/run/${found.key}.pid`,
    lastExit: null,
    ...over,
  };
}
