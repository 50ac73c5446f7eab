import { Command } from 'commander';
import type { LogRecord, LogSource } from '../core/log-line.js';
import { EXIT, SigctlError } from '../errors.js';
import { createLogLineRenderer, renderLogJson } from '../render/log-line.js';
import { unknownService } from './select-services.js';

const DEFAULT_LINES = 50;

/** A service and the names of its logs: its own, or `web-0`, `web-1`, … with several processes. */
export interface LoggedService {
  readonly name: string;
  readonly keys: readonly string[];
}

export interface LogReadRequest {
  readonly sources: readonly LogSource[];
  readonly lines: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** The only things `logs` may touch. */
export interface LogsDeps {
  /** Every service of the manifest, in its order. */
  readonly services: () => readonly LoggedService[] | Promise<readonly LoggedService[]>;
  /** The last lines of each log as one sequence by time, then, with `follow`, new ones until the signal aborts. */
  readonly readLogs: (request: LogReadRequest) => AsyncIterable<readonly LogRecord[]>;
  /** Whether anything was ever logged under this key. */
  readonly hasLog: (key: string) => Promise<boolean>;
  /** To stdout. Resolves when it is taken; false: nobody reads any more. */
  readonly write: (text: string) => Promise<boolean>;
  /** One line to stderr. */
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal;
  readonly colour: boolean;
  /** Whether stdout is a terminal: then a stack trace may take several lines. */
  readonly isTerminal: boolean;
  readonly nowMs: () => number;
}

export interface LogsOptions {
  readonly names: readonly string[];
  readonly lines: number;
  readonly follow: boolean;
  readonly json: boolean;
  readonly prefix: boolean;
}

/** Declares `sigctl logs`. Tests of parsing pass their own `run`. */
export function logsCommand(deps: LogsDeps, run = runLogs): Command {
  return new Command('logs')
    .description('Show what services have logged, several merged by time')
    .argument('[service...]', 'services, or single processes such as web-0 (default: all)')
    .option('-n, --lines <number>', 'how many of the last lines of each service to show', parseLines, DEFAULT_LINES)
    .option('-f, --follow', 'go on with new lines until Ctrl-C; survives restarts and rotation', false)
    .option('--json', 'one JSON object per line: {service, instance, atMs, level, msg, line}', false)
    .option('--no-prefix', 'leave out the name of the service')
    .addHelpText('after', EXAMPLES)
    .action((names: string[], flags: Omit<LogsOptions, 'names'>) => run(deps, { ...flags, names }));
}

const EXAMPLES = `
Examples:
  sigctl logs                      the last 50 lines of each service, merged by time
  sigctl logs trading -n 200 -f    of one service, and what it logs from now on
  sigctl logs web-1 --json | jq -r .msg     of one process of several, for a script
  sigctl logs watchdog             what the watchdog did, and what troubled it

A service that has not logged yet is named on stderr. Ctrl-C ends --follow.
Exit codes: 0 shown, 2 wrong use, 4 a log cannot be read.`;

/**
 * Prints the logs, and returns when they end, the signal aborts or nobody reads stdout any more. A service that never
 * logged is named on stderr and is no error.
 *
 * @throws {SigctlError} SERVICE_UNKNOWN, before anything is printed
 */
export async function runLogs(deps: LogsDeps, options: LogsOptions): Promise<void> {
  const services = await deps.services();
  const sources = selectSources(services, options.names);
  await reportSilent(deps, sources, options.follow);
  const render = rendererFor(deps, services, sources, options);
  const { lines, follow } = options;
  for await (const records of deps.readLogs({ sources, lines, follow, signal: deps.signal })) {
    const text = records.map((record) => `${render(record)}\n`).join('');
    if (!(await deps.write(text))) return;
  }
}

/** Not a service: its log is read where it is named, and not among all of them. */
const WATCHDOG: LogSource = { service: 'watchdog', instance: '0', key: 'watchdog' };

/** The logs to read, each once, in the manifest's order. Pure. */
export function selectSources(services: readonly LoggedService[], names: readonly string[]): readonly LogSource[] {
  const all = services.flatMap(({ name, keys }) =>
    keys.map((key, index): LogSource => ({ service: name, instance: String(index), key })),
  );
  const isWatchdogNamed = names.includes(WATCHDOG.key);
  for (const name of names.filter((name) => name !== WATCHDOG.key)) {
    if (!all.some(({ service, key }) => service === name || key === name))
      throw unknownService(
        name,
        services.map((service) => service.name),
      );
  }
  if (names.length === 0) return all;
  const named = all.filter(({ service, key }) => names.includes(service) || names.includes(key));
  return isWatchdogNamed ? [...named, WATCHDOG] : named;
}

function rendererFor(
  deps: LogsDeps,
  services: readonly LoggedService[],
  sources: readonly LogSource[],
  options: LogsOptions,
): (record: LogRecord) => string {
  if (options.json) return renderLogJson;
  const render = createLogLineRenderer({
    colour: deps.colour,
    multiline: deps.isTerminal,
    prefixFor: options.prefix ? sources : undefined,
    services: services.map(({ name }) => name),
  });
  return (record) => render(record, deps.nowMs());
}

async function reportSilent(deps: LogsDeps, sources: readonly LogSource[], follow: boolean): Promise<void> {
  const written = await Promise.all(sources.map(({ key }) => deps.hasLog(key)));
  const silent = sources.filter((_, index) => written[index] === false).map(({ key }) => key);
  if (silent.length === 0) return;
  deps.warn(`No log yet: ${silent.join(', ')}${follow ? ' (waiting for the first line)' : ''}`);
}

function parseLines(text: string): number {
  const lines = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(lines)) return lines;
  throw new SigctlError(`Cannot show the last "${text}" lines: not a whole number`, {
    code: 'LINES_INVALID',
    hint: 'Give a number, for example: sigctl logs --lines 100',
    exitCode: EXIT.usage,
  });
}
