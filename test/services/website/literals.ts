import type { ServiceReport } from '../../../src/core/service-report.js';
import type { SiteSnapshot } from '../../../src/services/website/site-snapshot.js';

export const AS_OF_MS = Date.UTC(2026, 8, 10, 17, 39, 49);

/** A healthy service with some changes. */
export function report(service: string, changes: Partial<ServiceReport> = {}): ServiceReport {
  return {
    service,
    instance: '0',
    key: service,
    verdict: 'healthy',
    reason: 'last cycle 1.2s ago',
    next: null,
    wanted: true,
    state: 'running',
    stateReason: null,
    pid: 4711,
    uptimeMs: 3_600_000,
    restarts: 0,
    memoryBytes: 100 * 1024 ** 2,
    memoryLimitBytes: 1024 ** 3,
    cpuPercent: 1.5,
    heartbeatAgeMs: 1_200,
    heartbeatWithinMs: 15_000,
    progressName: 'cycle',
    progressAgeMs: 1_200,
    progressWithinMs: 90_000,
    port: null,
    checks: [],
    ...changes,
  };
}

/** A stack in order: simulated candles, an open position, two trades. */
export function snapshot(changes: Partial<SiteSnapshot> = {}): SiteSnapshot {
  return {
    asOfMs: AS_OF_MS,
    stackName: 'signalcartel',
    mode: 'standard',
    services: { kind: 'read', value: [report('website'), report('market-data'), report('trading')] },
    faults: [],
    market: {
      kind: 'read',
      value: {
        symbol: 'XBTUSD',
        source: 'sim:1',
        intervalMs: 60_000,
        points: [
          { openAtMs: AS_OF_MS - 180_000, close: '60000.0' },
          { openAtMs: AS_OF_MS - 120_000, close: '60600.0' },
          { openAtMs: AS_OF_MS - 60_000, close: '61200.5' },
        ],
        lastObtainedAtMs: AS_OF_MS - 2_000,
      },
    },
    account: {
      kind: 'read',
      value: {
        account: {
          symbol: 'XBTUSD',
          source: 'sim:1',
          cash: '500.25',
          position: '0.15',
          equity: '9680.325',
          averagePrice: '60000',
          evaluated: 512,
          updatedAtMs: AS_OF_MS - 2_000,
        },
        trades: [
          {
            atMs: AS_OF_MS - 120_000,
            candleOpenAtMs: AS_OF_MS - 180_000,
            side: 'buy',
            quantity: '0.15',
            price: '60000',
            fee: '36',
            reason: 'fast average crossed above slow',
            equityAfter: '9464',
          },
        ],
        lastDecision: 'hold: fast above slow',
      },
    },
    ...changes,
  };
}
