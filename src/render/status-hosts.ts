import { Chalk, type ChalkInstance } from 'chalk';
import { formatDuration } from '../core/duration.js';
import type { HostStatus } from '../core/host-status.js';
import type { ServiceReport } from '../core/service-report.js';
import { formatSize } from '../core/size.js';
import { isFine, isToRun } from '../core/verdict.js';
import { cleanText } from './clean-text.js';
import { VERDICT_COLOURS } from './verdict-colour.js';
import { wrapText } from './wrap.js';

const GAP = '  ';
const HEAD = ['HOST', 'SERVICE', 'VERDICT', 'UP', 'MEM', 'WORK'] as const;

/** One table for all hosts: a line for each process, and below those that are not fine the reason. */
export function renderHostStatuses(
  hosts: readonly HostStatus[],
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const rows = hosts.flatMap(rowsOf);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(GAP);
  const body = rows.map((row) => {
    const text = paintVerdict(line(row.cells).trimEnd(), row.verdict, paint);
    return row.note === '' ? text : `${text}\n${note(row.note, width)}`;
  });
  return [heading(hosts, paint), '', paint.dim(line(HEAD).trimEnd()), ...body].join('\n');
}

interface Row {
  readonly cells: readonly string[];
  readonly verdict: ServiceReport['verdict'] | 'unreachable' | undefined;
  readonly note: string;
}

function rowsOf(host: HostStatus): readonly Row[] {
  const name = `@${host.host}`;
  if (host.kind === 'failed') {
    return [{ cells: [name, '-', 'unreachable', '-', '-', '-'], verdict: 'unreachable', note: host.reason }];
  }
  if (host.services.length === 0) return [{ cells: [name, '-', '-', '-', '-', '-'], verdict: undefined, note: '' }];
  return host.services.map((report) => ({
    cells: [
      name,
      report.key,
      report.verdict,
      age(report.uptimeMs),
      memory(report.memoryBytes),
      age(report.progressAgeMs),
    ],
    verdict: report.verdict,
    note: isFine(report.verdict) ? '' : report.reason,
  }));
}

function heading(hosts: readonly HostStatus[], paint: ChalkInstance): string {
  const services = hosts.flatMap((host) => (host.kind === 'answered' ? host.services : []));
  const wanted = services.filter(isToRun);
  const healthy = wanted.filter(({ verdict }) => verdict === 'healthy').length;
  const silent = hosts.filter(({ kind }) => kind === 'failed').length;
  const parts = [
    paint.bold(`${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`),
    `${healthy} of ${wanted.length} healthy`,
    ...(silent === 0 ? [] : [paint.red(`${silent} unreachable`)]),
  ];
  return parts.join(paint.dim(' · '));
}

function paintVerdict(text: string, verdict: Row['verdict'], paint: ChalkInstance): string {
  if (verdict === undefined) return text;
  const colour = verdict === 'unreachable' ? 'red' : (VERDICT_COLOURS[verdict] ?? 'gray');
  return text.replace(verdict, paint[colour](verdict));
}

/** Whole, for the end of an error is often what matters. */
function note(text: string, width: number): string {
  return wrapText(cleanText(text, false).replaceAll(/\s+/g, ' ').trim(), width, GAP);
}

function age(ms: number | null | undefined): string {
  return ms == null ? '-' : (formatDuration(ms).split(' ')[0] ?? '-');
}

function memory(bytes: number | null | undefined): string {
  return bytes == null ? '-' : formatSize(bytes).replace(/ ([KMG])B$/, '$1');
}
