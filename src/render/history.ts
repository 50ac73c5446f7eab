import { formatDuration } from '../core/duration.js';
import { keyOf, reasonOf, type ServiceEvent } from '../core/service-event.js';
import { formatSize } from '../core/size.js';
import { cleanText } from './clean-text.js';
import { renderLogTime } from './log-time.js';
import { createPaint, type Paint } from './paint.js';
import { wrapText } from './wrap.js';

export interface HistoryStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

const GAP = '  ';
const INDENT = '  ';
/** Below this the words stand in a line of their own. */
const MIN_WORDS_COLUMNS = 30;

interface Column {
  readonly title: string;
  readonly text: (event: ServiceEvent, nowMs: number) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'TIME', text: (event, nowMs) => renderLogTime(event.atMs, nowMs) },
  { title: 'SERVICE', text: (event) => clean(keyOf(event)) },
  { title: 'EVENT', text: (event) => clean(event.kind) },
  { title: 'CAUSE', text: (event) => clean(event.cause ?? '-') },
  { title: 'PID', text: (event) => (event.pid === null ? '-' : String(event.pid)) },
  { title: 'BY', text: (event) => clean(event.actor) },
];
/** What a narrow terminal goes without, first to last. All of it is in `--json`. */
const DISPENSABLE = ['PID', 'BY'];

/** A line for each event, oldest first; its words in the same line where there is room, else below it. */
export function renderHistory(events: readonly ServiceEvent[], nowMs: number, { width, colour }: HistoryStyle): string {
  if (events.length === 0) return 'No events';
  const paint = createPaint(colour);
  const columns = layOut(events, nowMs, width);
  const used = columns.reduce((sum, column) => sum + column.width + GAP.length, 0);
  const room = width - used;
  const head = columns.map(({ column, width: cells }) => column.title.padEnd(cells)).join(GAP);
  const isBeside = room >= MIN_WORDS_COLUMNS;
  const body = events.map((event) => {
    const cells = columns.map(({ column, width: cells }) => column.text(event, nowMs).padEnd(cells));
    const line = paintKind(event, cells.join(GAP), paint);
    const words = describeEvent(event);
    if (words === '') return line.trimEnd();
    if (!isBeside) return `${line.trimEnd()}\n${paint.dim(wrapText(words, width, INDENT))}`;
    const beside = wrapText(words, width, ' '.repeat(used)).slice(used);
    return `${line}${GAP}${paint.dim(beside)}`;
  });
  return [paint.dim(isBeside ? `${head}${GAP}WHAT` : head.trimEnd()), ...body].join('\n');
}

function layOut(events: readonly ServiceEvent[], nowMs: number, width: number) {
  const all = COLUMNS.map((column) => ({
    column,
    width: Math.max(column.title.length, ...events.map((event) => column.text(event, nowMs).length)),
  }));
  const without = (count: number) => all.filter(({ column }) => !DISPENSABLE.slice(0, count).includes(column.title));
  const candidates = [all, ...DISPENSABLE.map((_, index) => without(index + 1))];
  const fits = candidates.find(
    (columns) => columns.reduce((sum, column) => sum + column.width, GAP.length * (columns.length - 1)) <= width,
  );
  return fits ?? without(DISPENSABLE.length);
}

/** The words of an event: what it ended with, how long it lived, and why. */
export function describeEvent(event: ServiceEvent): string {
  const { kind, exitCode, exitSignal, memoryBytes, detail } = event;
  const uptimeMs = detail?.['uptimeMs'];
  const tookMs = detail?.['tookMs'];
  const end = exitSignal ?? (exitCode === null ? undefined : `code ${exitCode}`);
  return clean(
    [
      ...(kind === 'exit' && end !== undefined ? [end] : []),
      ...(typeof uptimeMs === 'number' ? [`after ${formatDuration(uptimeMs)}`] : []),
      ...(typeof tookMs === 'number' ? [`in ${formatDuration(tookMs)}`] : []),
      // The reason of memory-soft begins with it.
      ...(memoryBytes === null || kind === 'memory-soft' ? [] : [formatSize(memoryBytes)]),
      reasonOf(event) ?? '',
    ]
      .filter(Boolean)
      .join(', '),
  );
}

const FINE = ['operator', 'mode', 'boot', 'cron', 'completed', 'taken-back'];

/** Something that could not be done. */
const UNDONE = ['start-failed', 'stop-failed', 'reload-failed', 'crash-loop', 'refused'];

/** Whether an operator has to know of it: a process that ended by itself, or something that could not be done. */
export function isTrouble({ kind, cause }: ServiceEvent): boolean {
  if (kind === 'exit') return !FINE.includes(cause ?? '');
  return UNDONE.includes(kind);
}

function paintKind(event: ServiceEvent, line: string, paint: Paint): string {
  if (isTrouble(event)) return paint.red(line);
  return event.kind === 'ready' ? paint.green(line) : line;
}

function clean(text: string): string {
  return cleanText(text, false).replaceAll(/\s+/g, ' ');
}
