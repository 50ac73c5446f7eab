import { assertNever } from '../core/assert-never.js';
import { formatDuration, formatLimit } from '../core/duration.js';
import type { ProcessDetail, ServiceDetail, ServiceDetailSpec } from '../core/service-detail.js';
import type { ServiceReport } from '../core/service-report.js';
import { formatSize } from '../core/size.js';
import type { ReadyRule } from '../core/stack.js';
import { cleanText } from './clean-text.js';
import { renderLogTime } from './log-time.js';
import { createPaint, type Paint } from './paint.js';
import { VERDICT_COLOURS } from './verdict-colour.js';
import { wrapText } from './wrap.js';

export interface DetailStyle {
  readonly width: number;
  readonly colour: boolean;
  readonly nowMs: number;
  /** The folder that paths are shown relative to. */
  readonly root: string;
  readonly mode: string | null;
}

const LABEL_COLUMNS = 12;
/** Lines longer than this are hard to read, however wide the terminal is. */
const MAX_COLUMNS = 120;

/** A label, and what is known; `undefined`: nothing, and the line is left out. */
type Line = readonly [label: string, text: string | undefined];

/** All that is known of one service: its processes one after the other, then what the manifest says of it. */
export function renderDetail(detail: ServiceDetail, style: DetailStyle): string {
  const paint = createPaint(style.colour);
  const blocks = detail.processes.map((process) => renderProcess(process, style, paint));
  if (detail.spec !== null) blocks.push(renderLines(specLines(detail.spec, style), style, paint));
  return blocks.join('\n\n');
}

function renderProcess(process: ProcessDetail, style: DetailStyle, paint: Paint): string {
  const { report } = process;
  const columns = columnsOf(style);
  const title = `${paint.bold(report.key)} ${paint[VERDICT_COLOURS[report.verdict]](report.verdict)}`;
  const reason = report.reason === report.verdict ? [] : [wrapText(oneLine(report.reason), columns, '  ')];
  const next = report.next === null ? [] : [`  ${paint.cyan(`→ ${oneLine(report.next)}`)}`];
  return [title, ...reason, ...next, '', renderLines(processLines(process, style), style, paint)].join('\n');
}

function processLines({ report, logFile, logBytes, pidFile, lastExit }: ProcessDetail, style: DetailStyle): Line[] {
  const { wanted, state, stateReason, port, checks } = report;
  return [
    ['wanted', wanted ? 'running' : 'stopped'],
    ['state', state === null ? undefined : `${state}${stateReason === null ? '' : `: ${stateReason}`}`],
    ['process', describeProcess(report)],
    ['memory', describeMemory(report)],
    ['heartbeat', describeAge(report.heartbeatAgeMs, report.heartbeatWithinMs)],
    [report.progressName ?? 'progress', describeAge(report.progressAgeMs, report.progressWithinMs)],
    ['port', port === null ? undefined : String(port)],
    ...checks.map(({ name, ok, reason, forMs }): Line => {
      return ['check', `${name}: ${ok ? 'ok' : 'fails'} for ${formatDuration(forMs)}, ${reason}`];
    }),
    ['last exit', lastExit === null ? undefined : describeExit(lastExit, style.nowMs)],
    [
      'log',
      `${shortPath(logFile, style)}${logBytes === null ? ' (nothing yet)' : ` (${logBytes < 1024 ? `${logBytes} bytes` : formatSize(logBytes)})`}`,
    ],
    ['pid file', report.pid === null ? undefined : shortPath(pidFile, style)],
  ];
}

function describeProcess({ pid, uptimeMs, restarts, cpuPercent }: ServiceReport): string {
  if (pid === null) return 'none';
  return [
    `pid ${pid}`,
    ...(uptimeMs === null ? [] : [`up ${formatDuration(uptimeMs)}`]),
    ...(cpuPercent === null ? [] : [`average CPU ${cpuPercent}%`]),
    ...(restarts === null ? [] : [`${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`]),
  ].join(', ');
}

function describeMemory({ memoryBytes, memoryLimitBytes }: ServiceReport): string | undefined {
  if (memoryBytes === null) return undefined;
  if (memoryLimitBytes === null) return `${formatSize(memoryBytes)}, no limit`;
  const share = Math.round((100 * memoryBytes) / memoryLimitBytes);
  return `${formatSize(memoryBytes)} of ${formatSize(memoryLimitBytes)} (${share}%)`;
}

function describeAge(ageMs: number | null, withinMs: number | null): string | undefined {
  if (ageMs === null) return withinMs === null ? undefined : `none, limit ${formatLimit(withinMs)}`;
  return `${formatDuration(ageMs)} ago${withinMs === null ? '' : `, limit ${formatLimit(withinMs)}`}`;
}

function describeExit(
  { what, atMs, cause, reason, said, kind }: NonNullable<ProcessDetail['lastExit']>,
  nowMs: number,
) {
  if (kind === 'never' || kind === 'running') return 'none on record';
  const at = atMs === null ? '' : ` (${renderLogTime(atMs, nowMs)})`;
  const why = cause === null ? '' : `, ${cause}${reason === null ? '' : `: ${reason}`}`;
  return `${what}${at}${why}${said === null ? '' : `; it said: ${said}`}`;
}

function specLines(spec: ServiceDetailSpec, style: DetailStyle): Line[] {
  const { memoryLimitBytes, memorySoftBytes } = spec;
  const soft = memorySoftBytes === undefined ? '' : `, degraded from ${formatSize(memorySoftBytes)} on`;
  return [
    ['command', spec.command.map((word) => shortPath(word, style)).join(' ')],
    ['folder', spec.cwd === style.root ? undefined : shortPath(spec.cwd, style)],
    [
      'limits',
      `${memoryLimitBytes === undefined ? 'no memory limit' : `memory ${formatSize(memoryLimitBytes)}${soft}`}`,
    ],
    ['ready', describeReady(spec.ready)],
    ['restart', describeRestart(spec)],
    ['stop', `SIGINT, SIGKILL after ${formatLimit(spec.killTimeoutMs)}`],
    ['needs', list(spec.needs)],
    ['after', list(spec.after)],
    ['needed by', list(spec.neededBy)],
    ['modes', describeModes(spec, style.mode)],
  ];
}

function describeModes({ modes, isInMode }: ServiceDetailSpec, mode: string | null): string {
  const named = modes.join(', ');
  if (isInMode === null) return named;
  return `${named} (mode ${mode} is in force${isInMode ? '' : ', which it is not in'})`;
}

function describeRestart({ autorestart, oneshot, restart }: ServiceDetailSpec): string {
  const { backoffMinMs, backoffMaxMs, breaker, neverCodes } = restart;
  if (!autorestart) return 'never';
  const when = oneshot ? 'unless it did its work' : 'after any exit that nobody asked for';
  const never = neverCodes.length === 0 ? '' : `; never after code ${neverCodes.join(', ')}`;
  const shortest = backoffMinMs === backoffMaxMs ? '' : `${formatLimit(backoffMinMs)} to `;
  const waits = `${shortest}${formatLimit(backoffMaxMs)} later`;
  const limit = `${breaker.exits} exits within ${formatLimit(breaker.withinMs)}`;
  return `${when}, ${waits}; given up after ${limit}${never}`;
}

function describeReady(rule: ReadyRule): string {
  const within = `within ${formatLimit(rule.withinMs)}`;
  switch (rule.kind) {
    case 'heartbeat':
      return `at its first heartbeat, ${within}`;
    case 'http':
      return `when http://127.0.0.1:${rule.port}${rule.path} answers, ${within}`;
    case 'tcp':
      return `when port ${rule.port} accepts, ${within}`;
    case 'log':
      return `when its log says ${rule.pattern}, ${within}`;
    case 'command':
      return `when ${rule.command} succeeds, ${within}`;
    case 'delay':
      return `after ${formatDuration(rule.delayMs)}`;
    case 'exit':
      return `when it ends with success, ${within}`;
    case 'message':
      return `when it says so to PM2, ${within}`;
    default:
      return assertNever(rule, 'ready rule');
  }
}

function renderLines(lines: readonly Line[], style: DetailStyle, paint: Paint): string {
  return lines
    .flatMap(([label, text]) => (text === undefined ? [] : [renderLine(oneLine(label), oneLine(text), style, paint)]))
    .join('\n');
}

function renderLine(label: string, text: string, style: DetailStyle, paint: Paint): string {
  const body = wrapText(text, columnsOf(style), ' '.repeat(LABEL_COLUMNS)).slice(LABEL_COLUMNS);
  return `  ${paint.dim(label.padEnd(LABEL_COLUMNS - 3))} ${body}`;
}

function columnsOf({ width }: DetailStyle): number {
  return Math.min(width, MAX_COLUMNS);
}

function list(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : names.join(', ');
}

function shortPath(path: string, { root }: DetailStyle): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** Whatever a service or the record holds. */
function oneLine(text: string): string {
  return cleanText(text, false).replaceAll(/\s+/g, ' ');
}
