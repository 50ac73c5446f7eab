import type { ChalkInstance } from 'chalk';
import { formatDuration } from '../../core/duration.js';
import { formatSize } from '../../core/size.js';
import type { TopSample, Track } from '../../core/top/samples.js';
import type { TopProcess } from '../../core/top/top-look.js';
import { selectedProcess, type TopState, visibleProcesses } from '../../core/top/top-state.js';
import { VERDICT_COLOURS } from '../verdict-colour.js';
import { fit } from './fit.js';
import { sparkline } from './sparkline.js';

/** Names are cut beyond it, so that one long name does not cost everybody the curves. */
const LONGEST_NAME = 24;
const SHORTEST_CURVE = 5;
const LONGEST_CURVE = 60;
/** What a curve of the processor's time is measured against at least, or a service that idles would look busy. */
const LEAST_TOP_PERCENT = 10;
/** Memory without a limit is measured against this much of its most, so that a rise shows. */
const ROOM_ABOVE = 1.5;

interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Narrow terminals go without it, the lowest first. */
  readonly keep?: number;
  readonly text: (process: TopProcess, sample: TopSample | undefined) => string;
  readonly curve?: (track: Track | undefined, process: TopProcess, columns: number) => string;
}

/** The head and a line for each process that is in sight, exactly `rows` lines. */
export function renderServices(
  state: TopState,
  rows: number,
  columns: number,
  paint: ChalkInstance,
): readonly string[] {
  const processes = visibleProcesses(state);
  const shown = rows - 1;
  const at = processes.indexOf(selectedProcess(state) ?? (processes[0] as TopProcess));
  const from = Math.max(0, Math.min(at - Math.floor(shown / 2), processes.length - shown));
  const layout = layOut(processes, columns, processes.length > shown ? `${at + 1}/${processes.length}` : '');
  const head = paint.dim(fit(`  ${layout.map((column) => headOf(column)).join(' ')}`, columns));
  const body = processes
    .slice(from, from + shown)
    .map((process, index) => fit(renderRow(state, process, layout, from + index === at, paint), columns));
  const none = `  No service matches "${state.serviceFilter}": Escape shows all`;
  const filled = processes.length === 0 ? [fit(none, columns)] : body;
  return [head, ...filled, ...Array<string>(Math.max(0, shown - filled.length)).fill(' '.repeat(columns))];
}

interface LaidOut extends Column {
  /** Columns of its curve; 0 without one. */
  readonly curveColumns: number;
}

function layOut(processes: readonly TopProcess[], columns: number, place: string): readonly LaidOut[] {
  const longest = Math.max(7, ...processes.map(({ report }) => report.key.length));
  const known = columnsFor(Math.min(LONGEST_NAME, Math.max(longest, `SERVICE ${place}`.trimEnd().length)), place);
  const countsWork = processes.some(({ report }) => report.progressName !== null);
  const all = known.filter(({ title }) => title !== 'WORK' || countsWork);
  for (let least = 0; ; least += 1) {
    const kept = all.filter(({ keep = Number.POSITIVE_INFINITY }) => keep >= least);
    const curves = kept.filter(({ curve }) => curve !== undefined).length;
    const used = kept.reduce((sum, { width }) => sum + width + 1, 2) + curves;
    const each = curves === 0 ? 0 : Math.floor((columns - used) / curves);
    if (each < SHORTEST_CURVE && least < MOST_KEPT) continue;
    const curveColumns = Math.min(LONGEST_CURVE, Math.max(0, each));
    return kept.map((column) => ({ ...column, curveColumns: column.curve === undefined ? 0 : curveColumns }));
  }
}

const MOST_KEPT = 3;

function columnsFor(nameWidth: number, place: string): readonly Column[] {
  return [
    { title: `SERVICE ${place}`.trimEnd(), width: nameWidth, align: 'left', text: ({ report }) => report.key },
    { title: 'VERDICT', width: 10, align: 'left', text: ({ report }) => report.verdict },
    { title: 'PID', width: 7, align: 'right', keep: 2, text: ({ report }) => orDash(report.pid) },
    { title: 'UP', width: 5, align: 'right', keep: 1, text: ({ report }) => age(report.uptimeMs) },
    { title: 'RST', width: 3, align: 'right', keep: 0, text: ({ report }) => orDash(report.restarts) },
    {
      ...{ title: 'CPU', width: 5, align: 'right', text: (_, sample) => percent(sample?.cpuPercent) },
      curve: (track, _, width) => sparkline(values(track, 'cpuPercent'), width, LEAST_TOP_PERCENT),
    },
    {
      ...{ title: 'MEM', width: 6, align: 'right', text: ({ report }) => size(report.memoryBytes) },
      curve: (track, { report }, width) => {
        const bytes = values(track, 'memoryBytes');
        return sparkline(
          bytes,
          width,
          report.memoryLimitBytes ?? ROOM_ABOVE * Math.max(...bytes.map((one) => one ?? 0)),
        );
      },
    },
    {
      ...{ title: 'WORK', width: 6, align: 'right', text: (process, sample) => work(process, sample) },
      curve: (track, _, width) => sparkline(values(track, 'workPerSecond'), width, 1),
    },
  ];
}

function headOf(column: LaidOut): string {
  const text = column.align === 'left' ? fit(column.title, column.width) : column.title.padStart(column.width);
  return column.curve === undefined ? text : `${text} ${' '.repeat(column.curveColumns)}`;
}

function renderRow(
  state: TopState,
  process: TopProcess,
  layout: readonly LaidOut[],
  isSelected: boolean,
  paint: ChalkInstance,
): string {
  const { report } = process;
  const track = state.tracks.get(report.key);
  const sample = track?.samples.at(-1);
  const isIdle = !report.wanted && report.pid === null;
  const cells = layout.map((column, index) => {
    const raw = column.text(process, sample);
    const text = column.align === 'left' ? fit(raw, column.width) : raw.padStart(column.width);
    if (index === 0) return isSelected ? paint.bold.inverse(text) : isIdle ? paint.dim(text) : text;
    if (column.title === 'VERDICT') return paint[VERDICT_COLOURS[report.verdict]](text);
    if (column.curve === undefined) return isIdle ? paint.dim(text) : text;
    return `${text} ${paint.cyan(column.curve(track, process, column.curveColumns))}`;
  });
  return `${isSelected ? paint.bold('▸') : ' '} ${cells.join(' ')}`;
}

function values(track: Track | undefined, name: keyof TopSample): readonly (number | null)[] {
  return (track?.samples ?? []).map((sample) => sample[name]);
}

/** The speed of the work where it is counted and moves, else how long ago it moved last. */
function work({ report }: TopProcess, sample: TopSample | undefined): string {
  const speed = sample?.workPerSecond ?? 0;
  if (speed > 0) return `${speed >= 10 ? Math.round(speed) : speed.toFixed(1)}/s`;
  return age(report.progressAgeMs);
}

function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  return `${value >= 99.95 ? Math.round(value) : value.toFixed(1)}%`;
}

function size(bytes: number | null): string {
  return bytes === null ? '-' : formatSize(bytes).replace(/ ([KMG])B$/, '$1');
}

function age(ms: number | null): string {
  return ms === null ? '-' : (formatDuration(ms).split(' ')[0] ?? '-');
}

function orDash(value: number | null): string {
  return value === null ? '-' : String(value);
}
