import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { StatusRow } from '../../../src/core/status-row.js';
import { openStatusDb } from '../../../src/store/open.js';
import { readStatuses } from '../../../src/store/service-status.js';
import { type Bundle, bundle } from '../../bundle.js';
import type { Exit } from '../../service/rig.js';
import { tempDir } from './rig.js';

/** Generous: the machine may be busy with other things. Only a broken test waits this long. */
const DEADLINE_MS = 60_000;

export interface RunningService {
  readonly child: ChildProcess;
  readonly exit: Promise<Exit>;
  /** All that it and its predecessors of the same name have printed. */
  readonly log: () => string;
}

/** A stack of real service processes in a home of its own. */
export interface ServiceRig {
  readonly home: string;
  readonly ledgerPath: string;
  readonly marketPath: string;
  start(service: 'trading' | 'market-data', env?: NodeJS.ProcessEnv): RunningService;
  status(service: string, instance?: string): StatusRow | undefined;
  until(what: string, holds: () => boolean): Promise<void>;
}

export function bundleServices(): Promise<Bundle> {
  return bundle({ trading: 'src/services/trading/main.ts', 'market-data': 'src/services/market-data/main.ts' });
}

/** @param env What all services of this rig get, for example the feed. */
export function serviceRig(t: TestContext, bundle: string, env: NodeJS.ProcessEnv): ServiceRig {
  const home = tempDir(t);
  const statusPath = join(home, 'status.db');
  const start: ServiceRig['start'] = (service, more = {}) => {
    const logPath = join(home, `${service}.log`);
    const stdout = openSync(logPath, 'a');
    const child = spawn(process.execPath, [join(bundle, `${service}.mjs`)], {
      cwd: home,
      env: {
        PATH: process.env['PATH'],
        SIGCTL_HOME: home,
        SIGCTL_STATUS_DB: statusPath,
        SIGCTL_SERVICE: service,
        SIGCTL_INSTANCE: '0',
        TRADING_LEASE_TTL_MS: '600',
        TRADING_POLL_MS: '50',
        ...env,
        ...more,
      },
      stdio: ['ignore', stdout, stdout],
    });
    closeSync(stdout);
    const exit = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }));
    t.after(async () => {
      child.kill('SIGKILL');
      await exit;
    });
    return { child, exit, log: () => readFileSync(logPath, 'utf8') };
  };
  const status: ServiceRig['status'] = (service, instance = '0') => {
    const db = openStatusDb(statusPath);
    try {
      return readStatuses(db).find((row) => row.service === service && row.instance === instance);
    } finally {
      db.close();
    }
  };
  const until: ServiceRig['until'] = async (what, holds) => {
    const deadlineMs = Date.now() + DEADLINE_MS;
    while (!holds()) {
      if (Date.now() > deadlineMs)
        assert.fail(`${what} did not come; trading says ${JSON.stringify(status('trading'))}`);
      await delay(3);
    }
  };
  const data = (file: string) => join(home, 'data', file);
  return { home, ledgerPath: data('trading.paper.db'), marketPath: data('market.db'), start, status, until };
}
