import type { ChalkInstance } from 'chalk';
import { isLogRule, type LogEntry, type LogRecord } from '../../core/log-line.js';
import { selectedProcess, type TopState, wantedSources } from '../../core/top/top-state.js';
import { createLogLineRenderer } from '../log-line.js';
import { renderLogRule } from '../log-rule.js';
import { fit } from './fit.js';
import { rule } from './style.js';

/** The newest lines of the log that fit, below a rule that says whose they are: exactly `rows` lines. */
export function renderLogPane(state: TopState, rows: number, columns: number, paint: ChalkInstance): readonly string[] {
  const shown = newest(state, rows - 1);
  const render = createLogLineRenderer({
    colour: paint.level > 0,
    multiline: false,
    prefixFor: state.scope === 'all' ? wantedSources(state) : undefined,
    services: [...new Set(state.look.processes.map(({ report }) => report.service))],
  });
  const body = shown.map((entry) =>
    isLogRule(entry) ? renderLogRule(entry, paint.level > 0) : render(entry, state.look.atMs),
  );
  const blanks = Array<string>(Math.max(0, rows - 1 - body.length)).fill('');
  return [rule(titleOf(state), columns, paint), ...[...body, ...blanks].map((line) => fit(line, columns))];
}

function titleOf({ scope, logFilter, ...state }: TopState): string {
  const whose = scope === 'all' ? 'all services' : (selectedProcess({ scope, logFilter, ...state })?.report.key ?? '-');
  return `log of ${whose}${logFilter === '' ? '' : `, lines with "${logFilter}"`}`;
}

/** From the end, so that a frame costs what it shows and not what is kept. */
function newest({ lines, logFilter }: TopState, count: number): readonly LogEntry[] {
  const wanted = logFilter.toLowerCase();
  const found: LogEntry[] = [];
  for (let index = lines.length - 1; index >= 0 && found.length < count; index -= 1) {
    const entry = lines[index];
    if (entry !== undefined && matches(entry, wanted)) found.push(entry);
  }
  return found.reverse();
}

/** As written or as shown. What happened to a log stays between the lines, whichever of them are wanted. */
function matches(entry: LogEntry, wanted: string): boolean {
  if (wanted === '' || isLogRule(entry)) return true;
  return entry.raw.toLowerCase().includes(wanted) || shownText(entry).includes(wanted);
}

const plain = createLogLineRenderer({ colour: false, multiline: false, prefixFor: undefined, services: [] });
/** A frame looks through all lines that are kept when few of them match. */
const shownTexts = new WeakMap<LogRecord, string>();

function shownText(record: LogRecord): string {
  const known = shownTexts.get(record);
  if (known !== undefined) return known;
  const text = plain(record, record.atMs ?? 0).toLowerCase();
  shownTexts.set(record, text);
  return text;
}
