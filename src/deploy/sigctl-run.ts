import type { SwitchFault } from '../core/deploy.js';
import { isRecord } from '../core/is-record.js';

/** How a command of sigctl ended. */
export interface SigctlRun {
  readonly exitCode: number;
  /** What it printed with `--json`; `undefined`: nothing of the kind. */
  readonly answer: Readonly<Record<string, unknown>> | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A fault after which the switch goes back. */
export class SwitchFailure extends Error {
  override readonly name = 'SwitchFailure';
  readonly fault: SwitchFault;

  constructor(fault: SwitchFault) {
    super(fault.reason);
    this.fault = fault;
  }
}

/** The objects in a list that came as JSON; nothing where it is no list. */
export function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Why a command failed, as far as it said so: a refusal, an outcome that failed, what is missing, or its last words. Pure. */
export function faultOf({ answer, stderr, exitCode }: SigctlRun, what: string): SwitchFault {
  const error = answer?.['error'];
  if (isRecord(error)) {
    return { reason: `${what}: ${String(error['message'])}`, hint: textOrNull(error['hint']), logTail: [] };
  }
  const outcomes = ['outcomes', 'started', 'stopped'].flatMap((name) => recordsOf(answer?.[name]));
  const failed = outcomes.find(({ kind }) => kind === 'failed');
  if (failed !== undefined) {
    const { key, service, reason, hint, logTail } = failed;
    const lines = Array.isArray(logTail) ? logTail.map(String) : [];
    return { reason: `${String(key ?? service)}: ${String(reason)}`, hint: textOrNull(hint), logTail: lines };
  }
  const missing = recordsOf(answer?.['missing']).map(({ key, why }) => `${String(key)} (${String(why)})`);
  if (missing.length > 0) return { reason: `${what}: ${missing.join(', ')}`, hint: 'sigctl status', logTail: [] };
  const lastWords = stderr.trim().split('\n').at(-1) ?? '';
  return { reason: `${what}: ${lastWords || `exit code ${exitCode}`}`, hint: 'sigctl status', logTail: [] };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
