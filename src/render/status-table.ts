import type { UndeliveredAlerts } from '../core/alert-view.js';
import { formatDuration } from '../core/duration.js';
import type { ServiceReport } from '../core/service-report.js';
import { formatSize } from '../core/size.js';
import { type GroupRules, groupReports } from '../core/status-groups.js';
import { isToRun } from '../core/verdict.js';
import { cleanText } from './clean-text.js';
import { createPaint, type Paint } from './paint.js';
import { VERDICT_COLOURS } from './verdict-colour.js';
import { wrapText } from './wrap.js';

export interface StatusHeading extends GroupRules {
  readonly name: string;
  readonly daemonPid: number | null;
  readonly isDaemonStopped?: boolean;
  readonly watchdog?: WatchdogLine | null;
  /** The manifest wants a watchdog. */
  readonly isWatched?: boolean;
  readonly undelivered?: UndeliveredAlerts | null;
}

export interface WatchdogLine {
  readonly pid: number;
  readonly memoryBytes: number;
  readonly isStopped: boolean;
}

export interface StatusStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** From this width on the reason stands in the service's own line instead of one below. */
const WIDE_COLUMNS = 130;
const INDENT = '  ';
/** What a narrow terminal goes without, first to last. All of it is in `--json`. */
const DISPENSABLE = ['CPU', 'PORT', 'STATE', 'BEAT', 'RST', 'UP'];

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly text: (report: ServiceReport) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'SERVICE', align: 'left', text: (report) => report.key },
  { title: 'VERDICT', align: 'left', text: (report) => report.verdict },
  { title: 'STATE', align: 'left', text: (report) => report.state ?? '-' },
  { title: 'PID', align: 'right', text: (report) => orDash(report.pid) },
  { title: 'UP', align: 'right', text: (report) => age(report.uptimeMs) },
  { title: 'RST', align: 'right', text: (report) => orDash(report.restarts) },
  { title: 'MEM', align: 'right', text: memory },
  { title: 'CPU', align: 'right', text: (report) => (report.cpuPercent === null ? '-' : `${report.cpuPercent}%`) },
  { title: 'BEAT', align: 'right', text: (report) => age(report.heartbeatAgeMs) },
  { title: 'WORK', align: 'right', text: (report) => age(report.progressAgeMs) },
  { title: 'PORT', align: 'right', text: (report) => orDash(report.port) },
];

/** The table of `sigctl status`: a line of figures for each process, its reason and the next command with it; see `groupReports`. */
export function renderStatus(reports: readonly ServiceReport[], heading: StatusHeading, style: StatusStyle): string {
  const paint = createPaint(style.colour);
  const cells = new Map(reports.map((report) => [report, COLUMNS.map((column) => column.text(report))]));
  const layout = layOut([...cells.values()], style.width);
  const { columns, gap } = layout;
  const head = columns.map(({ column, width }) => pad(column.title, width, column.align)).join(gap);
  const isWide = style.width >= WIDE_COLUMNS;
  const rest = style.width - lineWidth(layout) - gap.length;
  const isBeside = (report: ServiceReport) => {
    const length = reasonLength(report, reasonOf(report));
    return isWide && length > 0 && length <= rest;
  };
  const row = (report: ServiceReport) => {
    const texts = cells.get(report) ?? [];
    const figures = columns.map((place) => renderCell(place, texts[place.index] ?? '', report, paint)).join(gap);
    const reason = reasonOf(report);
    if (reasonLength(report, reason) === 0) return figures.trimEnd();
    if (isBeside(report)) return `${figures}${gap}${renderReason(report, reason, paint)}`;
    return `${figures}\n${wrapReason(report, reason, style.width, paint)}`;
  };
  const body = groupReports(reports, heading).flatMap((group) => [
    ...(group.title === null ? [] : ['', paint.dim(group.title)]),
    ...group.reports.map(row),
  ]);
  const title = renderHeading(heading, reports, { ...style, paint });
  const foot = [...renderFoot(heading, reports, paint), ...renderUndelivered(heading, style.width, paint)];
  return [title, '', paint.dim(reports.some(isBeside) ? `${head}${gap}REASON` : head), ...body, ...foot].join('\n');
}

/** Who looks after all of them. Without a service that should run there is nothing to look after. */
function renderFoot(heading: StatusHeading, reports: readonly ServiceReport[], paint: Paint): readonly string[] {
  const gone = unattended(heading, reports);
  if (gone !== undefined) return ['', (gone === WATCHDOG_GONE ? paint.yellow : paint.red)(`${gone}: sigctl recover`)];
  const { watchdog } = heading;
  if (watchdog == null) return [];
  const { pid, memoryBytes, isStopped } = watchdog;
  if (isStopped) return ['', paint.red(`watchdog pid ${pid} is stopped: kill -CONT ${pid}`)];
  return ['', paint.dim(`watchdog pid ${pid}, ${formatSize(memoryBytes)}`)];
}

/** PM2 restarts what ends; nobody sees what hangs, leaks or fails its checks. */
const WATCHDOG_GONE = 'watchdog not running';

/**
 * Who is missing of those that keep services alive; `undefined`: nobody, or there is a watchdog, which starts a new PM2 itself. What was
 * not started since the boot needs nobody yet.
 */
export function unattended(
  { daemonPid, watchdog, isWatched }: StatusHeading,
  reports: readonly ServiceReport[],
): string | undefined {
  const wanted = reports.filter((report) => report.wanted);
  if (watchdog != null || wanted.length === 0) return undefined;
  if (daemonPid === null && wanted.some(({ pid }) => pid !== null))
    return isWatched === true ? 'PM2 and the watchdog are gone' : 'PM2 is gone';
  return isWatched === true ? WATCHDOG_GONE : undefined;
}

/** Alerts that nobody got: whoever relies on them must see it here. */
function renderUndelivered({ undelivered }: StatusHeading, columns: number, paint: Paint): readonly string[] {
  if (undelivered == null) return [];
  const { count, channel, error } = undelivered;
  const alerts = count === 1 ? '1 alert' : `${count} alerts`;
  const why = cleanText(error, false).replaceAll(/\s+/g, ' ');
  const words = `${alerts} not delivered: ${channel} ${why}`;
  const next = paint.cyan('→ sigctl alerts');
  return words.length + ' → sigctl alerts'.length <= columns
    ? [`${paint.yellow(words)} ${next}`]
    : [paint.yellow(wrapText(words, columns, '')), next];
}

interface Place {
  readonly column: Column;
  /** In `COLUMNS`. */
  readonly index: number;
  readonly width: number;
}

interface Layout {
  readonly columns: readonly Place[];
  readonly gap: string;
}

/** Gives up the wide gap first, then one dispensable column after the other. */
function layOut(rows: readonly (readonly string[])[], width: number): Layout {
  const all = COLUMNS.map((column, index) => ({ column, index, width: columnWidth(column.title, index, rows) }));
  const without = (count: number): Layout => ({
    columns: all.filter(({ column }) => !DISPENSABLE.slice(0, count).includes(column.title)),
    gap: ' ',
  });
  const narrowest = without(DISPENSABLE.length);
  const candidates = [{ columns: all, gap: '  ' }, ...DISPENSABLE.map((_, count) => without(count)), narrowest];
  return candidates.find((layout) => lineWidth(layout) <= width) ?? narrowest;
}

function lineWidth({ columns, gap }: Layout): number {
  return columns.reduce((sum, { width }) => sum + width, gap.length * (columns.length - 1));
}

function renderHeading(
  { name, mode, daemonPid, isDaemonStopped }: StatusHeading,
  reports: readonly ServiceReport[],
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const wanted = reports.filter(isToRun);
  const healthy = wanted.filter((report) => report.verdict === 'healthy').length;
  const parts = [
    paint.bold(name),
    mode === null ? 'no mode yet' : `mode ${mode}`,
    `${healthy} of ${wanted.length} healthy`,
    daemonPid === null ? 'PM2 not running' : `PM2 pid ${daemonPid}`,
  ];
  const stopped = isDaemonStopped === true ? [paint.red(`PM2 is stopped: kill -CONT ${daemonPid}`)] : [];
  const line = (all: readonly string[]): string => all.join(paint.dim(' · '));
  const plain = cleanText([...parts, ...stopped].join(' · '), false);
  const isLong = plain.length > width;
  return isLong
    ? [line(parts.slice(0, 3)), line([...parts.slice(3), ...stopped])].join('\n')
    : line([...parts, ...stopped]);
}

function renderReason(report: ServiceReport, reason: string, paint: Paint): string {
  return report.next === null ? paint.dim(reason) : `${reason}${paint.cyan(` → ${report.next}`)}`;
}

/** One line, whatever a service wrote into its row; nothing where it only repeats the verdict. */
function reasonOf({ reason, verdict }: ServiceReport): string {
  return reason === verdict ? '' : cleanText(reason, false).replaceAll(/\s+/g, ' ');
}

function reasonLength(report: ServiceReport, reason: string): number {
  return reason.length + (report.next === null ? 0 : ` → ${report.next}`.length);
}

/** Below the figures. A command that does not fit behind the words stands whole in a line of its own, to be copied. */
function wrapReason(report: ServiceReport, reason: string, columns: number, paint: Paint): string {
  if (INDENT.length + reasonLength(report, reason) <= columns) return `${INDENT}${renderReason(report, reason, paint)}`;
  const words = wrapText(reason, columns, INDENT);
  return report.next === null ? paint.dim(words) : `${words}\n${INDENT}${paint.cyan(`→ ${report.next}`)}`;
}

function renderCell({ column, width }: Place, text: string, report: ServiceReport, paint: Paint): string {
  const padded = pad(text, width, column.align);
  if (column.title === 'VERDICT') return paint[VERDICT_COLOURS[report.verdict]](padded);
  return report.wanted || report.pid !== null ? padded : paint.dim(padded);
}

/** Every cell is ASCII, so its length is its width; a library that knows more costs 50 ms to load. */
function columnWidth(title: string, index: number, rows: readonly (readonly string[])[]): number {
  return rows.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), title.length);
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

/** One unit, so that the table stays narrow: `4m`, `3h`. The reason and `--json` are exact. */
function age(ms: number | null): string {
  return ms === null ? '-' : (formatDuration(ms).split(' ')[0] ?? '-');
}

function memory({ memoryBytes, memoryLimitBytes }: ServiceReport): string {
  if (memoryBytes === null) return '-';
  return memoryLimitBytes === null ? short(memoryBytes) : `${short(memoryBytes)}/${short(memoryLimitBytes)}`;
}

function short(bytes: number): string {
  return formatSize(bytes).replace(/(?:\.0)? ([KMG])B$/, '$1');
}

function orDash(value: number | null): string {
  return value === null ? '-' : String(value);
}
