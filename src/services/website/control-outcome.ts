import { formatDuration } from '../../core/duration.js';
import type { SigctlRun } from './run-sigctl.js';

export const CONTROL_ACTIONS = ['start', 'stop', 'restart'] as const;
export type ControlAction = (typeof CONTROL_ACTIONS)[number];

/** What came of a request to act, as sigctl itself reported it. The body of `/api/control/…`. */
export interface ControlOutcome {
  /** `busy`: another command runs, nothing was done. `unconfirmed`: it still runs after the deadline. */
  readonly outcome: 'done' | 'busy' | 'failed' | 'unconfirmed';
  readonly service: string;
  readonly action: ControlAction;
  readonly message: string;
  readonly hint: string | null;
  readonly exitCode: number | null;
  /** What `sigctl … --json` printed, `null` when it printed no JSON. */
  readonly result: unknown;
}

/** HTTP status of an outcome: a command that did not succeed is never answered with 200. */
export const OUTCOME_HTTP_STATUS = { done: 200, busy: 409, failed: 502, unconfirmed: 502 } as const satisfies Record<
  ControlOutcome['outcome'],
  number
>;

/** The code of a sigctl that found another one at work. */
const BUSY_CODE = 'STACK_LOCKED';

const DONE_WORD = { start: 'started', stop: 'stopped', restart: 'restarted' } as const satisfies Record<
  ControlAction,
  string
>;

/** Turns the end of `sigctl <action> <service> --json` into an outcome. Only exit code 0 is success. Pure. */
export function judgeRun(run: SigctlRun, action: ControlAction, service: string): ControlOutcome {
  const command = `sigctl ${action} ${service}`;
  const asked = { service, action, exitCode: null, result: null };
  if (run.kind === 'unfinished') {
    const message = `${command} has not ended after ${formatDuration(run.afterMs)}, and goes on`;
    return { ...asked, outcome: 'unconfirmed', message, hint: 'sigctl status' };
  }
  if (run.kind === 'unstartable') {
    return { ...asked, outcome: 'failed', message: `Cannot run sigctl: ${run.reason}`, hint: command };
  }
  const result = parseJson(run.stdout);
  const ended = { ...asked, exitCode: run.exitCode, result };
  if (run.exitCode === 0)
    return { ...ended, outcome: 'done', message: describeDone(result, action, service), hint: null };
  const error = readError(result) ?? readError(parseJson(run.stderr)) ?? readErrorText(run.stderr);
  const failure = outcomesOf(result).find((outcome) => text(outcome, 'reason') !== undefined);
  return {
    ...ended,
    outcome: text(error, 'code') === BUSY_CODE ? 'busy' : 'failed',
    message: text(error, 'message') ?? describeFailure(failure) ?? `${command} ${describeExit(run.exitCode)}`,
    hint: text(error, 'hint') ?? text(failure, 'hint') ?? `sigctl logs ${service}`,
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** `trading restarted: pid 4711, ready after 1.2s`, as far as the outcomes say it. */
function describeDone(result: unknown, action: ControlAction, service: string): string {
  const outcomes = outcomesOf(result).filter((outcome) => outcome['service'] === service);
  const unchanged = outcomes.length > 0 && outcomes.every(({ kind }) => kind === 'kept' || kind === 'already');
  if (unchanged) return `${service} was ${action === 'stop' ? 'stopped' : 'running'} already`;
  const ready = outcomes.find((outcome) => outcome['kind'] === 'ready');
  const [pid, tookMs] = [ready?.['pid'], ready?.['tookMs']];
  const facts = typeof pid === 'number' && typeof tookMs === 'number';
  return `${service} ${DONE_WORD[action]}${facts ? `: pid ${pid}, ready after ${formatDuration(tookMs)}` : ''}`;
}

function describeFailure(failure: Fields | undefined): string | undefined {
  const reason = text(failure, 'reason');
  return reason === undefined ? undefined : `${text(failure, 'key') ?? 'service'}: ${reason}`;
}

/** `{outcomes}` of start and stop, `{stopped, started}` of restart. */
function outcomesOf(result: unknown): readonly Fields[] {
  if (!isFields(result)) return [];
  const lists = [result['outcomes'], result['stopped'], result['started']];
  return lists.flatMap((list): unknown[] => (Array.isArray(list) ? list : [])).filter(isFields);
}

/** `{"error": {"code", "message", "hint"}}`. */
function readError(result: unknown): Fields | undefined {
  const error = isFields(result) ? result['error'] : undefined;
  return isFields(error) ? error : undefined;
}

/** `sigctl: <message>` and `hint: <hint>`, which is how people are told; any other last line is a message too. */
function readErrorText(stderr: string): Fields | undefined {
  const lines = stderr.split('\n').map((line) => line.trim());
  const hint = lines.findLast((line) => line.startsWith('hint: '))?.slice('hint: '.length);
  const message = lines.findLast((line) => line !== '' && !line.startsWith('hint: '))?.replace(/^sigctl: /, '');
  return message === undefined ? undefined : { message, hint };
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // A command that failed early may print no JSON; its words on stderr count then.
    return null;
  }
}

function text(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === 'string' ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeExit(exitCode: number | null): string {
  return exitCode === null ? 'was killed' : `ended with code ${exitCode}`;
}
