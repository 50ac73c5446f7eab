import { LOG_LEVELS } from '../core/log-level.js';
import { isLogRule, type LogEntry, type LogSource } from '../core/log-line.js';
import { isSelective, type LogQuery } from '../core/log-query.js';
import { EXIT, SigctlError } from '../errors.js';
import { createLogLineRenderer, renderLogJson } from '../render/log-line.js';
import { renderLogRule } from '../render/log-rule.js';
import { choice, type Declaration, declare, flag, text } from './declaration.js';
import { type FilterFlags, parseFilters } from './log-filters.js';
import { unknownService } from './select-services.js';

const DEFAULT_LINES = 50;

/** A service and the names of its logs: its own, or `web-0`, `web-1`, … with several processes. */
export interface LoggedService {
  readonly name: string;
  readonly keys: readonly string[];
}

export interface LogReadRequest {
  readonly sources: readonly LogSource[];
  /** The last ones of each log; all when left out. */
  readonly lines: number | undefined;
  readonly query: LogQuery;
  readonly follow: boolean;
  /** Whether restarts and rotations are told between the lines that are followed. */
  readonly rules: boolean;
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
}

/** The only things `logs` may touch. */
export interface LogsDeps {
  /** Every service of the manifest, in its order. */
  readonly services: () => readonly LoggedService[] | Promise<readonly LoggedService[]>;
  /** The wanted lines of each log as one sequence by time, then, with `follow`, new ones until the signal aborts. */
  readonly readLogs: (request: LogReadRequest) => AsyncIterable<readonly LogEntry[]>;
  /** Whether anything was ever logged under this key. */
  readonly hasLog: (key: string) => Promise<boolean>;
  /** To stdout. Resolves when it is taken; false: nobody reads any more. */
  readonly write: (text: string) => boolean | Promise<boolean>;
  /** One line to stderr. */
  readonly warn: (text: string) => void;
  /** Ctrl-C and SIGTERM, from the first call on. Without it they end the process, as they would `tail`. */
  readonly interrupt: () => AbortSignal;
  readonly colour: boolean;
  /** Whether stdout is a terminal: then a stack trace may take several lines. */
  readonly isTerminal: boolean;
  readonly nowMs: () => number;
}

export interface LogsOptions {
  readonly names: readonly string[];
  /** As typed; see `wantedLines`. */
  readonly lines: number | undefined;
  readonly query: LogQuery;
  readonly follow: boolean;
  readonly json: boolean;
  readonly prefix: boolean;
}

interface LogsFlags extends FilterFlags {
  readonly lines: number | undefined;
  readonly follow: boolean;
  readonly json: boolean;
  readonly prefix: boolean;
}

/** Declares `sigctl logs`. Tests of parsing pass their own `run`. */
export function logsCommand(deps: LogsDeps, run = runLogs): Declaration {
  return declare<LogsFlags>({
    name: 'logs',
    argument: { syntax: '[service...]', what: 'services, or single processes such as web-0 (default: all)' },
    options: {
      lines: {
        flags: '-n, --lines <number>',
        what: 'how many of the last lines of each (default: 50; with a filter all)',
        value: undefined,
        parse: parseLines,
      },
      follow: flag('-f, --follow', 'go on with new lines until Ctrl-C; survives restarts and rotation'),
      since: text('--since <time>', 'only lines since then: 10m (ago), 09:30, 2026-03-01T09:30'),
      until: text('--until <time>', 'only lines until then'),
      level: choice('--level <level>', 'only this level and more urgent ones', LEVELS),
      grep: text('--grep <regex>', 'only lines that match, as they were written'),
      ignoreCase: flag('-i, --ignore-case', 'let --grep ignore case'),
      field: {
        flags: '--field <name=value>',
        what: 'only JSON lines with this field; a.b looks into objects (repeatable)',
        value: undefined,
        parse: collect,
      },
      json: flag('--json', 'one JSON object per line'),
      prefix: flag('--no-prefix', 'leave out the name of the service', { value: true }),
    },
    help: HELP,
    run: async ({ words: names, flags }) => {
      const { lines, follow, json, prefix } = flags;
      if (follow && flags.until !== undefined) throw untilWhileFollowing();
      await run(deps, { names, lines, query: parseFilters(flags, deps.nowMs()), follow, json, prefix });
    },
  });
}

/** Without `--level`, lines of all. */
const LEVELS = { choices: LOG_LEVELS, value: undefined };

const HELP = `
Examples:
  sigctl logs                             the last lines of all, merged by time
  sigctl logs trading -n 200 -f           of one, and what it logs from now on
  sigctl logs --since 09:30 --level warn  warnings and errors since half past nine
  sigctl logs --grep 'filled|rejected' --field side=buy
  sigctl logs web-1 --json | jq -r .msg   of one process of several, for a script
  sigctl logs watchdog                    what the watchdog did

Rotated and compressed parts of a log belong to it. Filters are joined by "and";
-n then counts the lines that pass. A line without a time or level has those of
the line before it (a stack trace), and a log without any time that of its last
write. With --follow on a terminal, restarts and rotations are told between the
lines; never with --json or in a pipe.

--json prints for each line {service, instance, atMs, level, msg, line}. atMs is
the line's own time in milliseconds since 1970, level one of those above or the
writer's own word; both are null where the line does not say. line is the whole
line as it was written.

A service that has not logged yet is named on stderr. Ctrl-C ends --follow.

Exit codes: 0 shown, 2 wrong use, 4 a log cannot be read.`;

/**
 * Prints the logs, and returns when they end, the signal aborts or nobody reads stdout any more. A service that never
 * logged is named on stderr and is no error.
 *
 * @throws {SigctlError} SERVICE_UNKNOWN, before anything is printed
 */
export async function runLogs(deps: LogsDeps, options: LogsOptions): Promise<void> {
  const signal = options.follow ? deps.interrupt() : undefined;
  const services = await deps.services();
  const sources = selectSources(services, options.names);
  const isSilent = await reportSilent(deps, sources, options.follow);
  const render = rendererFor(deps, services, sources, options);
  const { query, follow } = options;
  const request = { sources, lines: wantedLines(options), query, follow, rules: tellsRules(deps, options), signal };
  let found = 0;
  for await (const entries of deps.readLogs(request)) {
    found += entries.length;
    const text = entries.map((entry) => `${render(entry)}\n`).join('');
    if (!(await deps.write(text))) return;
  }
  if (found === 0 && !isSilent && !follow && !options.json) deps.warn(NOTHING_FOUND);
}

/** On stderr, so that a pipe gets lines and nothing else; to see nothing at all would leave people in doubt. */
const NOTHING_FOUND = 'No line matches';

/** Who filters wants all that passes; who follows wants to see where it starts. Pure. */
export function wantedLines({ lines, query, follow }: LogsOptions): number | undefined {
  if (lines !== undefined) return lines;
  return query.sinceMs !== undefined || (isSelective(query) && !follow) ? undefined : DEFAULT_LINES;
}

/** For people only: a pipe gets lines and nothing else. */
function tellsRules({ isTerminal }: LogsDeps, { follow, json }: LogsOptions): boolean {
  return follow && isTerminal && !json;
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
): (entry: LogEntry) => string {
  if (options.json) return (entry) => (isLogRule(entry) ? '' : renderLogJson(entry));
  const render = createLogLineRenderer({
    colour: deps.colour,
    multiline: deps.isTerminal,
    prefixFor: options.prefix ? sources : undefined,
    services: services.map(({ name }) => name),
  });
  return (entry) => (isLogRule(entry) ? renderLogRule(entry, deps.colour) : render(entry, deps.nowMs()));
}

/** @returns Whether none of them has a log. */
async function reportSilent(deps: LogsDeps, sources: readonly LogSource[], follow: boolean): Promise<boolean> {
  const written = await Promise.all(sources.map(({ key }) => deps.hasLog(key)));
  const silent = sources.filter((_, index) => written[index] === false).map(({ key }) => key);
  if (silent.length === 0) return false;
  deps.warn(`No log yet: ${silent.join(', ')}${follow ? ' (waiting for the first line)' : ''}`);
  return silent.length === sources.length;
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

function collect(value: string, previous: readonly string[] | undefined = []): readonly string[] {
  return [...previous, value];
}

function untilWhileFollowing(): SigctlError {
  return new SigctlError('Cannot use "--until" with "--follow": new lines come after any end', {
    code: 'UNTIL_WITH_FOLLOW',
    hint: 'Leave one of them out, for example: sigctl logs --since 10m --follow',
    exitCode: EXIT.usage,
  });
}
