import { assertNever } from '../core/assert-never.js';
import type { ProcessIdentity } from '../core/observed-process.js';
import type { ReadyRule } from '../core/stack.js';
import type { Pm2Client } from '../pm2/client.js';
import { probeCommand } from '../probe/command.js';
import { probeHttp } from '../probe/http.js';
import { probeTcp } from '../probe/tcp.js';
import { launchedAtMs } from '../process/gate.js';
import { bootedAtMs } from '../process/proc-stat.js';
import { readSince } from '../process/read-since.js';
import type { StatusDb } from '../store/open.js';
import { tryReadStatus } from '../store/service-status.js';
import type { Target } from './context.js';

/** One answer of a probe is waited for this long; the rule's own deadline goes on. */
const PROBE_TIMEOUT_MS = 2_000;

export interface ProbeDeps {
  readonly db: StatusDb;
  readonly client: Pm2Client;
  readonly logFile: string;
  readonly gateFile: string;
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
      return (await probeHttp({ ...rule, timeoutMs: PROBE_TIMEOUT_MS })).ok;
    case 'tcp':
      return (await probeTcp({ port: rule.port, timeoutMs: PROBE_TIMEOUT_MS })).ok;
    case 'log':
      return new RegExp(rule.pattern, 'm').test(readSince(deps.logFile, deps.logOffset));
    case 'command':
      return (await probeCommand({ ...rule, cwd: target.spec.cwd, env: deps.env, timeoutMs: PROBE_TIMEOUT_MS })).ok;
    case 'delay':
      return ageMs(deps, identity) >= rule.delayMs;
    case 'exit':
      // As long as it lives it is not; its end is told by the exit journal.
      return false;
    case 'message':
      return (await deps.client.list()).some((app) => app.name === target.key && app.status === 'online');
    default:
      return assertNever(rule, 'rule of readiness');
  }
}

/** The kernel's count from its start to now: a wall clock that jumps between two looks makes nothing older. */
function ageMs({ gateFile, nowMs }: ProbeDeps, identity: ProcessIdentity): number {
  const atMs = nowMs();
  return atMs - launchedAtMs(gateFile, identity, bootedAtMs(atMs));
}

function hasHeartbeat({ spec, instance }: Target, identity: ProcessIdentity, db: StatusDb): boolean {
  const { row } = tryReadStatus(db, spec.name, instance);
  if (row === undefined || row.pid !== identity.pid) return false;
  return row.state !== 'starting' && (row.startToken === null || row.startToken === identity.startToken);
}
