import { maskDetail, maskSecrets, secretValues } from '../../core/mask.js';
import type { ProcessIdentity } from '../../core/observed-process.js';
import type { Trouble } from '../../core/watch-plan.js';
import type { ObservedInstance } from '../../observe/observe-processes.js';
import { logPath, reportFolder } from '../../process/home.js';
import { askForReport } from '../../process/node-report.js';
import { readProcSnapshot } from '../../process/proc-snapshot.js';
import { readRemembered } from '../../process/shell-env.js';
import { readLogTail } from '../../record/log-tail.js';
import { recordEvent } from '../../store/events.js';
import type { WatchContext } from './context.js';

export interface Diagnosis {
  readonly instance: ObservedInstance;
  readonly process: ProcessIdentity;
  readonly cause: Trouble;
  /** The verdict in words and numbers. */
  readonly reason: string;
  /** Of one core, since the look before. */
  readonly cpuPercent: number;
}

type DiagnoseContext = Pick<WatchContext, 'db' | 'stack' | 'paths' | 'nowMs' | 'version'>;

/**
 * Puts on record what a process was doing while it did not do its work: state, processor, memory, its last lines, and where its
 * code was, if it is node and its event loop still turns. Takes a second at most, and the process goes on.
 */
export async function diagnose(context: DiagnoseContext, diagnosis: Diagnosis): Promise<void> {
  const { stack, paths, db, nowMs, version } = context;
  const { instance, process, cause, reason, cpuPercent } = diagnosis;
  const { spec, key } = instance;
  const kernel = readProcSnapshot(process.pid);
  const report = kernel.processState === 'T' ? undefined : await askForReport(process, reportFolder(paths));
  const secrets = secretValues(...stack().services.map(({ env }) => env), readRemembered(paths.home));
  const detail = { key, reason, cpuPercent, ...kernel, node: report ?? null };
  const lines = readLogTail(logPath(paths, key), { fromByte: 0, toByte: undefined });
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
