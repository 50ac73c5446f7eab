import { basename } from 'node:path';
import type { CodeAnswer } from '../../core/code-stack.js';
import { maskDetail, maskSecrets, secretValues } from '../../core/mask.js';
import type { ProcessIdentity } from '../../core/observed-process.js';
import type { Trouble } from '../../core/watch-plan.js';
import type { ObservedInstance } from '../../observe/observe-processes.js';
import { askForStack } from '../../process/ask-for-stack.js';
import { logPath, reportFolder } from '../../process/home.js';
import { programFiles } from '../../process/names-signal.js';
import { askForReport, type NodeReport } from '../../process/node-report.js';
import { readProcSnapshot } from '../../process/proc-snapshot.js';
import { readRemembered } from '../../process/shell-env.js';
import { readLogTail } from '../../record/log-tail.js';
import { recordEvent } from '../../store/events.js';
import type { WatchContext } from './context.js';

export interface Diagnosis {
  readonly instance: Pick<ObservedInstance, 'spec' | 'key' | 'instance'>;
  readonly process: ProcessIdentity;
  readonly cause: Trouble | 'unhealthy';
  /** The verdict in words and numbers. */
  readonly reason: string;
  /** Of one core, since the look before; `null` where nobody looked. */
  readonly cpuPercent: number | null;
}

export type DiagnoseContext = Pick<WatchContext, 'db' | 'stack' | 'paths' | 'nowMs' | 'version'>;

/** Its event loop turns by all signs: it answers for itself, unless it has just come to a halt. */
const REPORT_WITHIN_MS = 1_000;
/** Its event loop seems blocked, so that it cannot answer: a short try tells one that is only unable to write its heartbeat. */
const SHORT_REPORT_WITHIN_MS = 250;
const STACK_WITHIN_MS = 1_000;

/**
 * Puts on record what a process was doing while it did not do its work: state, processor, memory, its last lines, and, if it is node,
 * what its event loop waits for, or the stack that blocks it. Takes two seconds at most, and the process goes on.
 */
export async function diagnose(context: DiagnoseContext, diagnosis: Diagnosis): Promise<void> {
  const { stack, paths, db, nowMs, version } = context;
  const { instance, process, cause, reason, cpuPercent } = diagnosis;
  const { spec, key } = instance;
  const kernel = readProcSnapshot(process.pid);
  // Before node's inspector adds its own lines.
  const lines = readLogTail(logPath(paths, key), { fromByte: 0, toByte: undefined });
  const { report, stack: code } = kernel.processState === 'T' ? STOPPED : await askNode(context, diagnosis);
  const secrets = secretValues(...stack().services.map(({ env }) => env), readRemembered(paths.home));
  const detail = { key, reason, cpuPercent, ...kernel, node: report ?? null, ...describeCode(code) };
  recordEvent(db, {
    atMs: nowMs(),
    service: spec.name,
    instance: instance.instance,
    kind: 'snapshot',
    cause,
    actor: 'watchdog',
    pid: process.pid,
    manifestHash: spec.hash,
    version,
    memoryBytes: kernel.memoryBytes,
    logTail: lines.map((line) => maskSecrets(line, secrets)),
    detail: maskDetail(detail, secrets),
  });
}

interface NodeAnswers {
  readonly report: NodeReport | undefined;
  /** `undefined`: not node, or its event loop turns, so that no code holds it up. */
  readonly stack: CodeAnswer | undefined;
}

/** Stopped by a signal: it would answer when it goes on, and to nobody. */
const STOPPED: NodeAnswers = { report: undefined, stack: undefined };

/** Asks its event loop first, which leaves no trace; only where that is silent its inspector is opened. */
async function askNode(
  { paths, stack }: DiagnoseContext,
  { process, cause, instance: { spec, key } }: Diagnosis,
): Promise<NodeAnswers> {
  if (spec.interpreter === undefined || basename(spec.interpreter) !== 'node') return STOPPED;
  const withinMs = cause === 'stale' ? REPORT_WITHIN_MS : SHORT_REPORT_WITHIN_MS;
  const report = await askForReport(process, reportFolder(paths), withinMs);
  if (report !== undefined) return { report, stack: undefined };
  const question = { log: logPath(paths, key), files: programFiles(spec), root: stack().root };
  return { report, stack: await askForStack(process, { ...question, withinMs: STACK_WITHIN_MS }) };
}

function describeCode(answer: CodeAnswer | undefined) {
  if (answer === undefined) return { stack: null, stackMissing: null };
  if ('missing' in answer) return { stack: null, stackMissing: answer.missing };
  return { stack: answer.frames, stackMissing: null, heapUsedBytes: answer.heapUsedBytes };
}
