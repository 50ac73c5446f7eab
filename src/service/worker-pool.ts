import cluster, { type Worker } from 'node:cluster';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RETIRE_WITHIN_MS } from './serve-as-worker.js';
import type { Service } from './service.js';
import { WORKER_VARIABLE } from './service-env.js';
import { CHECKED_VARIABLE, parseWorkerMessage, type WorkerMessage } from './worker-message.js';

const STDOUT = 1;
/** Under the 20 s that `sigctl reload` waits by default, so that it hears the reason. */
const READY_WITHIN_MS = 15_000;
/** Waits between deaths; they double. */
const BACKOFF_MIN_MS = 100;
/** So many deaths in so long are no accident: what starts services may decide then. */
const QUICK_DEATHS = 5;
const QUICK_WITHIN_MS = 60_000;
/** After its own deadline. */
const KILL_AFTER_MS = RETIRE_WITHIN_MS + 10_000;

export interface WorkerPool {
  /** @throws {Error} The first worker did not get as far as opening the port. */
  start(): Promise<void>;
  /** @throws {Error} Why the new worker did not take over; the old one serves on. */
  reload(): Promise<void>;
  /** Ends every worker, and waits for their exits. */
  stop(): Promise<void>;
}

/** The workers of a service: one that serves, one that may be about to, and those that finish their requests. */
export function createWorkerPool(
  service: Pick<Service, 'log' | 'signal' | 'now' | 'stop'>,
  script: { readonly exec: string; readonly cwd: string | undefined },
): WorkerPool {
  const { log, signal } = service;
  let serving: Worker | undefined;
  let deaths: readonly number[] = [];
  /** A reload and the replacement of a dead worker never run at once. */
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  };

  const takeOver = (worker: Worker): void => {
    serving = worker;
    worker.once('exit', (code, by) => {
      if (serving !== worker) return;
      serving = undefined;
      if (!signal.aborted) void inTurn(() => replace(exitText(code, by), code));
    });
  };
  const replace = async (how: string, exitCode: number): Promise<void> => {
    if (serving !== undefined || signal.aborted) return;
    const nowMs = service.now();
    deaths = [...deaths.filter((atMs) => nowMs - atMs < QUICK_WITHIN_MS), nowMs];
    log.error(`the worker ${how}`);
    if (deaths.length >= QUICK_DEATHS) {
      service.stop(`its worker ${how}, as the ${deaths.length} of the last minute did`, exitCode || 1);
      return;
    }
    await sleep(BACKOFF_MIN_MS * 2 ** (deaths.length - 1));
    if (signal.aborted) return;
    try {
      takeOver(await forkWorker(script, { isChecked: false }));
      log.info('another worker serves');
    } catch (error) {
      await replace(`that should replace it failed: ${messageOf(error)}`, 1);
    }
  };

  return {
    start: () => inTurn(async () => takeOver(await forkWorker(script, { isChecked: false }))),
    reload: () =>
      inTurn(async () => {
        const old = serving;
        takeOver(await forkWorker(script, { isChecked: old !== undefined }));
        if (old !== undefined) retire(old);
      }),
    stop: async () => {
      await Promise.all(workers().map(end));
    },
  };
}

/** @returns The worker once its port is open. @throws {Error} Why it never was; it is gone then. */
function forkWorker(
  { exec, cwd }: { readonly exec: string; readonly cwd: string | undefined },
  { isChecked }: { readonly isChecked: boolean },
): Promise<Worker> {
  const output = openOutput();
  cluster.setupPrimary({ exec, stdio: ['ignore', output, output, 'ipc'], ...(cwd === undefined ? {} : { cwd }) });
  const worker = cluster.fork({ [WORKER_VARIABLE]: '1', [CHECKED_VARIABLE]: isChecked ? '1' : '' });
  if (output !== 'inherit') closeSync(output);
  return new Promise((resolve, reject) => {
    let reason: string | undefined;
    const timer = setTimeout(() => {
      reason = `the new worker did not open its port within ${READY_WITHIN_MS / 1_000} s`;
      worker.process.kill('SIGKILL');
    }, READY_WITHIN_MS);
    const onExit = (code: number, by: string): void => {
      clearTimeout(timer);
      reject(new Error(reason ?? `the new worker ${exitText(code, by)} before it opened its port`));
    };
    worker.once('exit', onExit);
    // A fork that the system refuses has no exit.
    worker.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    worker.on('message', (value) => {
      const message = parseWorkerMessage(value);
      if (message?.sigctl === 'failed') reason = message.reason;
      if (message?.sigctl !== 'ready') return;
      clearTimeout(timer);
      worker.off('exit', onExit);
      resolve(worker);
    });
  });
}

/** The log by its name of now: the descriptor of this process may be of a file that was rotated away since it started. */
function openOutput(): number | 'inherit' {
  const path = process.env['SIGCTL_LOG'] ?? '';
  try {
    return path !== '' && fstatSync(STDOUT).isFile() ? openSync(path, 'a') : 'inherit';
  } catch {
    // A full disk, or no descriptor left: the old file takes the lines.
    return 'inherit';
  }
}

function retire(worker: Worker): void {
  tell(worker, { sigctl: 'retire' });
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), KILL_AFTER_MS).unref();
  worker.once('exit', () => clearTimeout(timer));
}

/** Those that still retire, too. */
function workers(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

function end(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.isDead()) return resolve();
    worker.once('exit', () => resolve());
    tell(worker, { sigctl: 'stop' });
  });
}

/** A worker that is going away cannot be told any more, nor need it be. */
function tell(worker: Worker, message: WorkerMessage): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}

function exitText(code: number, signal: string | null): string {
  return signal ? `was killed by ${signal}` : `exited with code ${code}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
