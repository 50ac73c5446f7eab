import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Stack } from '../../../src/core/stack.js';
import { readSnapshot as readStackSnapshot } from '../../../src/manifest/read-snapshot.js';
import { writeSnapshot } from '../../../src/manifest/stack-snapshot.js';
import { readBootId, readProcStat } from '../../../src/process/proc-stat.js';
import { openCandleStore } from '../../../src/service/market/candle-store.js';
import { type SimSeries, simCandle } from '../../../src/service/market/sim-candle.js';
import { evaluateBatch } from '../../../src/services/trading/evaluate-batch.js';
import { openLedger } from '../../../src/services/trading/ledger.js';
import type { SiteSnapshot } from '../../../src/services/website/site-snapshot.js';
import { readSnapshot } from '../../../src/services/website/snapshot.js';
import { writeDesired } from '../../../src/store/desired.js';
import { writeFact } from '../../../src/store/facts.js';
import { openStatusDb, type StatusDb } from '../../../src/store/open.js';
import { claimStatus, writeHeartbeat, writeProgress, writeState } from '../../../src/store/service-status.js';

export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** Generous: the machine may be busy with other things. Only a broken test ever waits this long. */
export const DEADLINE_MS = 60_000;

/** A stack as the website finds it on disk, made by the code that makes it in earnest. */
export interface StackOnDisk {
  readonly root: string;
  readonly home: string;
  readonly db: StatusDb;
  readonly snapshot: () => SiteSnapshot;
  /** Starts a process that does nothing, and ends with the test. */
  readonly startProcess: () => number;
}

const MANIFEST = `module.exports = {
  apps: [
    { name: 'website', script: 'sleep.sh', interpreter: 'none', max_memory_restart: '512M', env: { PORT: '3001', SECRET_TOKEN: 'hunter2' }, sigctl: { health: { heartbeat: '15s' } } },
    { name: 'market-data', script: 'sleep.sh', interpreter: 'none', max_memory_restart: '1G', sigctl: { health: { heartbeat: '15s' } } },
    { name: 'trading', script: 'sleep.sh', interpreter: 'none', max_memory_restart: '2G', sigctl: { after: ['market-data'], health: { heartbeat: '15s', progress: { name: 'cycle', within: '90s' } } } },
    { name: 'scheduler', script: 'sleep.sh', interpreter: 'none', sigctl: { health: { heartbeat: '15s' } } },
  ],
  sigctl: { name: 'signalcartel', modes: { minimal: ['website', 'trading'], standard: ['website', 'trading', 'market-data'] } },
};
`;

/** A temp folder that is removed at the end of the test. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-website-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Writes manifest, `stack.json` and an empty status table. */
export async function createStack(t: TestContext): Promise<StackOnDisk> {
  const root = tempFolder(t);
  const home = join(root, '.sigctl');
  writeFileSync(join(root, 'sleep.sh'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  writeFileSync(join(root, 'ecosystem.config.cjs'), MANIFEST);
  await writeSnapshot({
    manifestPath: join(root, 'ecosystem.config.cjs'),
    home,
    execPath: process.execPath,
    nodeVersion: process.versions.node,
    shellEnv: { PATH: process.env['PATH'] },
    packageRoot: PROJECT,
    sigctlVersion: '0.0.0',
  });
  mkdirSync(join(home, 'run'), { recursive: true });
  mkdirSync(join(home, 'data'), { recursive: true });
  const db = openStatusDb(join(home, 'status.db'));
  t.after(() => db.close());
  return { root, home, db, snapshot: () => snapshotOf(home), startProcess: () => startSleeper(t) };
}

/** What the site reads from a home, as the website does. */
export function snapshotOf(home: string): SiteSnapshot {
  return readSnapshot({
    home,
    statusDb: join(home, 'status.db'),
    own: { service: 'website', instance: '0' },
    readStack: (): Stack | undefined => readStackSnapshot(home),
    nowMs: () => Date.now(),
  });
}

function startSleeper(t: TestContext): number {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  assert.ok(child.pid !== undefined);
  return child.pid;
}

/** A service that runs and works, and returns its generation. This test's process stands in for the PM2 daemon. */
export function runService(stack: StackOnDisk, service: string, progress?: string): number {
  const pid = stack.startProcess();
  const startToken = writeLock(stack.home, service, pid);
  writeLock(stack.home, 'pm2', process.pid);
  want(stack, service);
  const nowMs = Date.now();
  const { generation } = claimStatus(stack.db, {
    service,
    instance: '0',
    host: 'here',
    pid,
    startToken,
    nowMs,
    heartbeatEveryMs: 5_000,
    version: '1.0.0',
    mode: 'standard',
  });
  const owner = { service, instance: '0', generation, nowMs };
  writeState(stack.db, { ...owner, state: 'running' });
  if (progress !== undefined) writeProgress(stack.db, { ...owner, name: progress, withinMs: 90_000 });
  return generation;
}

export function want(stack: StackOnDisk, service: string): void {
  writeDesired(stack.db, { service, wanted: 'running', nowMs: Date.now(), actor: 'test' });
}

export function setMode(stack: StackOnDisk, mode: string): void {
  writeFact(stack.db, 'mode', mode);
}

/** Moves the last heartbeat of a service into the past. */
export function ageHeartbeat(stack: StackOnDisk, service: string, generation: number, ageMs: number): void {
  const nowMs = Date.now() - ageMs;
  writeHeartbeat(stack.db, { service, instance: '0', generation, nowMs, rssBytes: null, loopLagMs: null });
}

function writeLock(home: string, key: string, pid: number): string {
  const stat = readProcStat(pid);
  assert.ok(stat !== undefined);
  writeFileSync(join(home, 'run', `${key}.lock`), `${pid} ${stat.startToken} ${readBootId()} test 1\n`);
  return stat.startToken;
}

export const SERIES: SimSeries = { symbol: 'XBTUSD', intervalS: 60, source: 'sim:1', seed: 1, tickMs: 2_000 };

/** Simulated candles up to now, as market-data stores them. */
export function collectCandles(home: string, count: number): void {
  const store = openCandleStore(join(home, 'data', 'market.db'));
  const slot = Math.floor(Date.now() / SERIES.tickMs);
  const candles = Array.from({ length: count }, (_, index) => simCandle(SERIES, slot - count + index));
  store.insert(candles, store.claim('test'));
  store.close();
}

/** Lets the trading engine's own rules trade all collected candles into its ledger. */
export function trade(home: string): void {
  const store = openCandleStore(join(home, 'data', 'market.db'), { readonly: true });
  const candles = store.readAfter(SERIES, 0, 10_000);
  store.close();
  const ledger = openLedger(join(home, 'data', 'trading.paper.db'));
  const accountId = ledger.openAccount(SERIES, '10000');
  const generation = ledger.claim('test', () => true) ?? 0;
  const broker = { feeBps: '40', slippageBps: '5', tradeFraction: '0.95', minQuantity: '0.00005', minCost: '0.5' };
  const batch = evaluateBatch(ledger.readState(accountId, 31), candles, {
    crossover: { fast: 10, slow: 30 },
    broker,
    isEvaluated: () => false,
    isTradable: () => true,
  });
  ledger.commit({ accountId, generation, series: SERIES, strategy: 'sma-cross-10-30', batch, nowMs: Date.now() });
  ledger.close();
}

/** Polls until `check` answers, and fails after a minute. */
export async function eventually<T>(check: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const endMs = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (Date.now() > endMs) assert.fail(`waited ${DEADLINE_MS} ms for ${what}`);
    await sleep(50);
  }
}
