import { hostname } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import type { Logger } from 'pino';
import { renderBanner } from './banner.js';
import { startHeartbeat } from './heartbeat.js';
import { createLease, type LeaseHandle } from './lease.js';
import { leaseStore } from './lease-store.js';
import { createLifecycle } from './lifecycle.js';
import { announceReopening, type LogSink, openLogSink } from './log-sink.js';
import { createLogger } from './logger.js';
import { createReloads } from './reloads.js';
import type { Service, ServiceOptions } from './service.js';
import { readServiceEnv, type ServiceEnv } from './service-env.js';
import { readStartToken } from './start-token.js';
import { linkStatus, type StatusLink, unlinkedStatus } from './status-link.js';
import { createReporter } from './status-reporter.js';
import { stdoutSink } from './stdout.js';

const DEFAULT_HEARTBEAT_EVERY_MS = 5_000;
/** With room to spare under the kill_timeout that services have by default. */
const DEFAULT_SHUTDOWN_WITHIN_MS = 5_000;

/** A newer process has claimed this service's row: this one must not go on beside it. */
export const FENCED_EXIT_CODE = 76;

/**
 * Makes this process a service: banner, log, claimed row in the status table, heartbeat, signal and crash handling.
 * Call it once, first of all; what is thrown afterwards is then logged and on record. The state is `starting` until `state()`.
 * Never fails because of the status table: outside of sigctl, or while the table cannot be written, the service runs without.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const env = readServiceEnv(options.env ?? process.env, options.name);
  const logFile = openLog(env);
  const sink = logFile ?? stdoutSink();
  if (!env.isWorker) {
    const facts = { ...env, version: options.version, pid: process.pid, extra: options.banner ?? {} };
    sink.write(renderBanner(facts, isatty(1)));
  }
  const log = createLogger(
    { service: env.service, instance: env.instance, pid: process.pid, level: env.logLevel },
    sink,
  );
  return assemble(options, env, { log, logFile });
}

/** The log file behind standard output, which is opened anew after a rotation; `undefined` outside of sigctl. */
function openLog({ log, home }: ServiceEnv): LogSink | undefined {
  const sink = log === undefined ? undefined : openLogSink(log);
  if (log !== undefined && home !== undefined && sink !== undefined) {
    announceReopening(join(home, 'run'), log, readStartToken());
  }
  return sink;
}

interface Output {
  readonly log: Logger;
  readonly logFile: LogSink | undefined;
}

function assemble(options: ServiceOptions, env: ServiceEnv, { log, logFile }: Output): Service {
  const now = () => Date.now();
  const leases = new Set<LeaseHandle>();
  const status = openStatus(options, env, log, () =>
    lifecycle.stop('another process has taken over', FENCED_EXIT_CODE),
  );
  const reporter = createReporter(status);
  const lifecycle = createLifecycle({
    log,
    shutdownWithinMs: options.shutdownWithinMs ?? DEFAULT_SHUTDOWN_WITHIN_MS,
    reporter,
    close() {
      heartbeat.stop();
      for (const lease of leases) lease.release();
      status.close();
    },
  });
  const reloads = createReloads({ log, now, signal: lifecycle.signal, report: status.reload });
  const everyMs = options.heartbeatEveryMs ?? DEFAULT_HEARTBEAT_EVERY_MS;
  const heartbeat = startHeartbeat(everyMs, (rssBytes, loopLagMs) => {
    // A service that prints nothing must not hold a rotated file for ever.
    logFile?.followName();
    status.heartbeat(rssBytes, loopLagMs);
  });
  return {
    log,
    signal: lifecycle.signal,
    now,
    state(state, more = {}) {
      // On the way down the terminal reason is what counts: a loop that ends must not replace it with `idle`.
      if (!lifecycle.signal.aborted) reporter.state({ state, ...more });
    },
    progress: (name, more = {}) => status.progress({ name, ...more }),
    lease(name, leaseOptions) {
      const store = leaseStore(name, leaseOptions.ttlMs, { status, env, log, signal: lifecycle.signal });
      const lease = createLease(store, leaseOptions, now);
      leases.add(lease);
      return lease;
    },
    onShutdown: lifecycle.onShutdown,
    onReload: reloads.onReload,
    stop: (reason, exitCode = 0) => lifecycle.stop(reason, exitCode),
  };
}

function openStatus(options: ServiceOptions, env: ServiceEnv, log: Logger, onFenced: () => void): StatusLink {
  if (env.isWorker) return unlinkedStatus();
  if (env.statusDb === undefined) {
    log.info('SIGCTL_STATUS_DB is not set: running outside of sigctl, without a status table');
    return unlinkedStatus();
  }
  const claim = {
    service: env.service,
    instance: env.instance,
    host: hostname(),
    pid: process.pid,
    startToken: readStartToken(),
    heartbeatEveryMs: options.heartbeatEveryMs ?? DEFAULT_HEARTBEAT_EVERY_MS,
    version: options.version ?? null,
    mode: env.mode ?? null,
  };
  return linkStatus(env.statusDb, claim, () => Date.now(), {
    onFenced() {
      log.error('another process has claimed this service: stopping this one');
      onFenced();
    },
    onFault: (error) => log.warn({ err: error }, 'cannot write the status table: trying again with each heartbeat'),
    onRecovered: () => log.info('the status table can be written again'),
  });
}
