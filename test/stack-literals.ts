import type { ServiceSpec, Stack, WatchPolicy } from '../src/core/stack.js';

/** A service as validation leaves it, for tests that need one: a plain node script that is ready after a second. */
export function serviceSpec(name: string, rest: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    kind: 'launcher',
    script: `/srv/${name}.js`,
    interpreter: undefined,
    interpreterArgs: [],
    args: [],
    cwd: '/srv',
    env: {},
    envFrom: {},
    passEnv: [],
    instances: 1,
    memoryLimitBytes: undefined,
    memorySoftBytes: undefined,
    killTimeoutMs: 5_000,
    autorestart: true,
    oneshot: false,
    cronRestart: undefined,
    namespace: undefined,
    after: [],
    needs: [],
    ready: { kind: 'delay', delayMs: 1_000, withinMs: 30_000 },
    health: {
      heartbeatWithinMs: undefined,
      progress: undefined,
      onHung: 'restart',
      onStale: 'alert',
      onUnhealthy: 'restart',
    },
    checks: [],
    restart: {
      backoffMinMs: 10,
      backoffMaxMs: 1_000,
      breaker: { exits: 5, withinMs: 60_000 },
      successCodes: [0],
      neverCodes: [],
    },
    logs: { maxBytes: 20_000_000, maxAgeMs: undefined, keepBytes: 200_000_000, gzip: true },
    reload: undefined,
    takeBackLast: false,
    singleton: true,
    port: undefined,
    waitReady: false,
    hash: 'aaaa',
    ...rest,
  };
}

export const WATCH_POLICY: WatchPolicy = {
  enabled: true,
  minFreeBytes: 500 * 1024 ** 2,
  history: { keepMs: 90 * 86_400_000, maxEvents: 100_000 },
  alerts: { channels: [], verdicts: ['down', 'hung', 'stale', 'crash-loop'], afterMs: 0, quiet: undefined },
};

export function stackOf(services: readonly ServiceSpec[], rest: Partial<Stack> = {}): Stack {
  return {
    name: 'demo',
    root: '/srv',
    manifestPath: '/srv/ecosystem.config.cjs',
    services,
    modes: { full: services.map(({ name }) => name) },
    notes: [],
    watch: WATCH_POLICY,
    ...rest,
  };
}
