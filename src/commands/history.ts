import { INSTANT_FORMS, parseInstant } from '../core/instant.js';
import { nearest } from '../core/nearest.js';
import { EVENT_KINDS } from '../core/service-event.js';
import { EXIT, SigctlError } from '../errors.js';
import { renderHistory } from '../render/history.js';
import { renderJson } from '../render/json.js';
import { type Declaration, declare, text } from './declaration.js';
import type { RecordView, WithRecord } from './record-view.js';
import { selectNames } from './select-services.js';
import type { Output } from './session.js';
import { JSON_FLAG, wholeNumberOf } from './values.js';

/** The only things `history` may touch. */
export interface HistoryDeps {
  readonly withRecord: WithRecord;
  readonly nowMs: () => number;
  readonly out: Pick<Output, 'print' | 'width' | 'colour' | 'setExitCode'>;
}

export interface HistoryOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  /** As typed. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly kinds: readonly string[];
  readonly limit: number;
  readonly json: boolean;
}

const DEFAULT_EVENTS = 50;

interface HistoryFlags {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly kind: readonly string[] | undefined;
  readonly lines: number;
  readonly json: boolean;
}

/** Declares `sigctl history`. Tests of parsing pass their own `run`. */
export function historyCommand(deps: HistoryDeps, run = runHistory): Declaration {
  return declare<HistoryFlags>({
    name: 'history',
    argument: { syntax: '[service...]', what: 'services to show (default: all, with PM2 and the watchdog)' },
    options: {
      since: text('--since <time>', 'only events since then: 10m (ago), 09:30, 2026-03-01T09:30'),
      until: text('--until <time>', 'only events until then'),
      kind: {
        flags: '--kind <kind>',
        what: 'only events of this kind; may be given again',
        value: undefined,
        parse: collect,
      },
      lines: { flags: '-n, --lines <number>', what: 'the newest so many', value: DEFAULT_EVENTS, parse: wholeNumberOf },
      json: JSON_FLAG,
    },
    help: EXAMPLES,
    run: async ({ words: services, flags, config }) => {
      const { since, until, kind: kinds = [], lines: limit, json } = flags;
      deps.out.setExitCode(await run(deps, { services, config, since, until, kinds, limit, json }));
    },
  });
}

const EXAMPLES = `
Examples:
  sigctl history --since 24h                 all that happened since yesterday at this time
  sigctl history trading --kind exit -n 10   the last ten exits of one service
  sigctl history --since 09:30 --until 10:00 --json

<time>: ${INSTANT_FORMS}; a time without an offset is one of this machine.
Kinds: ${EVENT_KINDS.join(', ')}.
How much is kept: sigctl.history in the manifest.

Exit codes: 0 shown, also when there is nothing; 2 wrong use; 4 the database cannot be reached.`;

export async function runHistory(deps: HistoryDeps, options: HistoryOptions): Promise<number> {
  const nowMs = deps.nowMs();
  const sinceMs = instant('--since', options.since, nowMs);
  const untilMs = instant('--until', options.until, nowMs);
  if (sinceMs !== undefined && untilMs !== undefined && untilMs < sinceMs) throw reversed(options);
  const events = await deps.withRecord(options.config, (view) =>
    view.readEvents({
      services: chooseServices(view, options.services),
      kinds: chooseKinds(view, options.kinds),
      sinceMs,
      untilMs,
      limit: options.limit,
    }),
  );
  deps.out.print(options.json ? renderJson({ events }) : renderHistory(events, nowMs, deps.out));
  return EXIT.ok;
}

function instant(option: string, text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const atMs = parseInstant(text, nowMs);
  if (atMs !== undefined) return atMs;
  throw new SigctlError(`Cannot use ${JSON.stringify(text)} as ${option}: expected a time`, {
    code: 'TIME_INVALID',
    hint: `For example: sigctl history ${option} 24h (also ${INSTANT_FORMS})`,
    exitCode: EXIT.usage,
  });
}

function reversed({ since, until }: HistoryOptions): SigctlError {
  return new SigctlError(`Cannot show events since "${since}" until "${until}": that end lies before the start`, {
    code: 'TIMES_REVERSED',
    hint: 'For example: sigctl history --since 2h --until 90m',
    exitCode: EXIT.usage,
  });
}

function chooseServices({ readProcesses }: RecordView, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return selectNames([...new Set(readProcesses().map(({ service }) => service))], names);
}

function chooseKinds({ readKinds }: RecordView, kinds: readonly string[]): readonly string[] {
  if (kinds.length === 0) return [];
  const known = [...new Set<string>([...EVENT_KINDS, ...readKinds()])];
  const unknown = kinds.find((kind) => !known.includes(kind));
  if (unknown === undefined) return kinds;
  const close = nearest(unknown, known);
  throw new SigctlError(`Cannot show events of kind "${unknown}": there is none`, {
    code: 'KIND_UNKNOWN',
    hint: `${close === undefined ? 'For example' : 'Did you mean'}: sigctl history --kind ${close ?? 'exit'} (kinds: ${known.join(', ')})`,
    exitCode: EXIT.usage,
  });
}

function collect(value: string, before: readonly string[] | undefined = []): readonly string[] {
  return [...before, ...value.split(',').filter(Boolean)];
}
