import type { ChalkInstance } from 'chalk';
import { selectedProcess, type TopState, visibleProcesses } from '../../core/top/top-state.js';
import { isToRun } from '../../core/verdict.js';
import { cleanText } from '../clean-text.js';
import { renderLogTime } from '../log-time.js';
import { renderEventPane } from './event-pane.js';
import { columnsOf, fit } from './fit.js';
import { renderFoot } from './foot.js';
import { renderHelpPage } from './help-page.js';
import { renderLogPane } from './log-pane.js';
import { renderServices } from './service-table.js';
import { painter, rule, SMALLEST, type TopStyle } from './style.js';

/** Heading, reason of the selected process, foot. */
const FIXED_ROWS = 3;
/** A pane of fewer rows than its rule and two lines shows nothing. */
const LEAST_PANE_ROWS = 3;
const LEAST_SERVICES = 3;
/** Of the rows between heading and foot, where a pane wants some too. */
const SERVICES_SHARE = 0.45;
const EVENTS_SHARE = 0.4;
/** Events are few, and log lines many. */
const MOST_EVENT_ROWS = 10;

/** The whole screen of `sigctl top`: exactly as many lines as it has rows, each exactly as wide. Pure. */
export function renderTop(state: TopState, { size, colour }: TopStyle): readonly string[] {
  const paint = painter(colour);
  const { columns, rows } = size;
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return renderTooSmall(columns, rows);
  const middle = state.dialog.kind === 'help' ? renderHelpPage(paint) : renderMiddle(state, rows - 2, columns, paint);
  const filled = [...middle, ...Array<string>(Math.max(0, rows - 2 - middle.length)).fill('')].slice(0, rows - 2);
  return [renderHeading(state, columns, paint), ...filled, renderFoot(state, columns, paint)].map((line) =>
    fit(line, columns),
  );
}

function renderTooSmall(columns: number, rows: number): readonly string[] {
  const words = [`${columns}×${rows} is too small`, `${SMALLEST.columns}×${SMALLEST.rows} is enough`, 'q: quit'];
  return Array.from({ length: Math.max(1, rows) }, (_, row) => fit(words[row] ?? '', columns));
}

function renderMiddle(state: TopState, rows: number, columns: number, paint: ChalkInstance): readonly string[] {
  const { services, log, events } = shareRows(state, rows);
  const table = [...renderServices(state, services, columns, paint), renderReason(state, paint)];
  const isChoosing =
    state.dialog.kind === 'modes' || (state.dialog.kind === 'confirm' && state.dialog.args[0] === 'mode');
  if (isChoosing) return [...table, ...renderModeList(state, rows - table.length, columns, paint)];
  return [
    ...table,
    ...(log === 0 ? [] : renderLogPane(state, log, columns, paint)),
    ...(events === 0 ? [] : renderEventPane(state, events, columns, paint)),
  ];
}

interface Rows {
  /** Head included. */
  readonly services: number;
  /** Rule included; 0: none. */
  readonly log: number;
  readonly events: number;
}

/** Who gets which of the rows between heading and foot. */
export function shareRows(state: TopState, rows: number): Rows {
  const free = rows - (FIXED_ROWS - 2);
  const isChoosing = state.dialog.kind === 'modes' || state.dialog.kind === 'confirm';
  const panes = Number(state.showsLog) + Number(state.showsEvents);
  if (panes === 0 && !isChoosing) return { services: free, log: 0, events: 0 };
  const wanted = Math.max(1, visibleProcesses(state).length) + 1;
  const most = Math.max(LEAST_SERVICES + 1, Math.floor(free * SERVICES_SHARE));
  const services = Math.min(wanted, most, free - LEAST_PANE_ROWS);
  const left = free - services;
  if (!state.showsEvents) return { services, log: left, events: 0 };
  if (!state.showsLog || left < 2 * LEAST_PANE_ROWS) {
    return state.showsLog ? { services, log: left, events: 0 } : { services, log: 0, events: left };
  }
  const events = Math.max(LEAST_PANE_ROWS, Math.min(MOST_EVENT_ROWS, Math.floor(left * EVENTS_SHARE)));
  return { services, log: left - events, events };
}

function renderHeading(state: TopState, columns: number, paint: ChalkInstance): string {
  const { look, fault, paused } = state;
  const wanted = look.processes.filter(({ report }) => isToRun(report));
  const healthy = wanted.filter(({ report }) => report.verdict === 'healthy').length;
  const parts = [
    paint.bold(look.name),
    look.mode === null ? 'no mode yet' : `mode ${look.mode}`,
    `${healthy} of ${wanted.length} healthy`,
    ...(look.daemonPid === null ? ['PM2 not running'] : []),
    ...(look.isDaemonStopped ? [paint.red(`PM2 is stopped: kill -CONT ${look.daemonPid}`)] : []),
    ...(look.isWatched && look.watchdogPid === null && wanted.length > 0 ? [paint.yellow('no watchdog')] : []),
    ...(state.serviceFilter === '' ? [] : [`only "${state.serviceFilter}"`]),
    ...(paused ? [paint.yellow.bold('PAUSED')] : []),
    ...(fault === undefined ? [] : [paint.red(cleanText(fault, false).replaceAll(/\s+/g, ' '))]),
  ];
  const time = renderLogTime(look.atMs, look.atMs);
  const left = fit(parts.join(paint.dim(' · ')), columns - columnsOf(time) - 1);
  return `${left} ${paint.dim(time)}`;
}

function renderReason(state: TopState, paint: ChalkInstance): string {
  const report = selectedProcess(state)?.report;
  if (report === undefined) return '';
  const reason = cleanText(report.reason, false).replaceAll(/\s+/g, ' ');
  return `  ${report.key}: ${reason}${report.next === null ? '' : paint.cyan(` → ${report.next}`)}`;
}

function renderModeList(state: TopState, rows: number, columns: number, paint: ChalkInstance): readonly string[] {
  const { dialog, look } = state;
  const names = Object.keys(look.modes);
  const chosen =
    dialog.kind === 'modes' ? dialog.index : names.indexOf(dialog.kind === 'confirm' ? (dialog.args[1] ?? '') : '');
  const width = Math.max(0, ...names.map((name) => name.length));
  const shown = rows - 1;
  const from = Math.max(0, Math.min(chosen - Math.floor(shown / 2), names.length - shown));
  const lines = names.slice(from, from + shown).map((name, index) => {
    const text = `${name.padEnd(width)}  ${(look.modes[name] ?? []).join(', ')}${name === look.mode ? paint.dim(' (in force)') : ''}`;
    return from + index === chosen ? `${paint.bold('▸')} ${paint.bold(text)}` : `  ${text}`;
  });
  return [rule('switch to mode', columns, paint), ...lines];
}
