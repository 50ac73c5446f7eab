import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { assertNever } from '../core/assert-never.js';
import type { ProcessIdentity } from '../core/observed-process.js';
import type { ReadyRule } from '../core/stack.js';
import type { Pm2Client } from '../pm2/client.js';
import { startedAtMs } from '../process/proc-stat.js';
import type { StatusDb } from '../store/open.js';
import { readStatus } from '../store/service-status.js';
import type { Target } from './context.js';

/** One answer of a probe is waited for this long; the rule's own deadline goes on. */
const PROBE_TIMEOUT_MS = 2_000;

export interface ProbeDeps {
  readonly db: StatusDb;
  readonly client: Pm2Client;
  readonly logFile: string;
  /** Size of the log before the start: only what came after it counts. */
  readonly logOffset: number;
  readonly nowMs: () => number;
  readonly env: Readonly<Record<string, string>>;
}

/** Asks once whether a started process is ready by its rule. */
export async function probeReady(
  rule: ReadyRule,
  target: Target,
  identity: ProcessIdentity,
  deps: ProbeDeps,
): Promise<boolean> {
  switch (rule.kind) {
    case 'heartbeat':
      return hasHeartbeat(target, identity, deps.db);
    case 'http':
      return answersHttp(`http://127.0.0.1:${rule.port}${rule.path}`);
    case 'tcp':
      return acceptsTcp(rule.port);
    case 'log':
      return new RegExp(rule.pattern, 'm').test(readSince(deps.logFile, deps.logOffset));
    case 'command':
      return succeeds(rule.command, target.spec.cwd, deps.env);
    case 'delay':
      return deps.nowMs() - startedAtMs(identity.startToken, deps.nowMs()) >= rule.delayMs;
    case 'message':
      return (await deps.client.list()).some((app) => app.name === target.key && app.status === 'online');
    default:
      return assertNever(rule, 'rule of readiness');
  }
}

function hasHeartbeat({ spec, instance }: Target, identity: ProcessIdentity, db: StatusDb): boolean {
  const row = readStatus(db, spec.name, instance);
  if (row === undefined || row.pid !== identity.pid) return false;
  return row.state !== 'starting' && (row.startToken === null || row.startToken === identity.startToken);
}

async function answersHttp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Refused, reset or too slow: not ready yet.
    return false;
  }
}

function acceptsTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PROBE_TIMEOUT_MS });
    const settle = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true)).once('error', settle(false)).once('timeout', settle(false));
  });
}

function succeeds(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd, env, stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

/** A start that prints more than this before it is ready is read in its latest part. */
const MAX_READ_BYTES = 1024 * 1024;

/** What was appended to a file since `offset`. */
export function readSince(path: string, offset: number): string {
  if (!existsSync(path)) return '';
  const { size } = statSync(path);
  // A file shorter than before was rotated: all of it is new.
  const from = Math.max(size < offset ? 0 : offset, size - MAX_READ_BYTES);
  const buffer = Buffer.alloc(size - from);
  const file = openSync(path, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from));
  } finally {
    closeSync(file);
  }
}
