import type { ChalkInstance } from 'chalk';
import { keyOf, type ServiceEvent } from '../../core/service-event.js';
import { selectedProcess, type TopState } from '../../core/top/top-state.js';
import { describeEvent, isTrouble } from '../history.js';
import { renderLogTime } from '../log-time.js';
import { fit } from './fit.js';
import { rule } from './style.js';

/** The newest events that fit, oldest first, below a rule that says whose they are: exactly `rows` lines. */
export function renderEventPane(
  state: TopState,
  rows: number,
  columns: number,
  paint: ChalkInstance,
): readonly string[] {
  const service = state.scope === 'all' ? undefined : selectedProcess(state)?.report.service;
  const events = state.look.events.filter((event) => service === undefined || event.service === service);
  const shown = rows > 1 ? events.slice(-(rows - 1)) : [];
  const keyWidth = Math.max(0, ...shown.map((event) => keyOf(event).length));
  const kindWidth = Math.max(0, ...shown.map(({ kind }) => kind.length));
  const body = shown.map((event) =>
    fit(renderEvent(event, { keyWidth, kindWidth, nowMs: state.look.atMs }, paint), columns),
  );
  const none = events.length === 0 && rows > 1 ? [fit(paint.dim('No events'), columns)] : [];
  const lines = [...none, ...body];
  const blanks = Array<string>(Math.max(0, rows - 1 - lines.length)).fill(' '.repeat(columns));
  return [rule(`events of ${service ?? 'all services'}`, columns, paint), ...lines, ...blanks];
}

interface EventLayout {
  readonly keyWidth: number;
  readonly kindWidth: number;
  readonly nowMs: number;
}

function renderEvent(event: ServiceEvent, { keyWidth, kindWidth, nowMs }: EventLayout, paint: ChalkInstance): string {
  const what = `${keyOf(event).padEnd(keyWidth)} ${event.kind.padEnd(kindWidth)} ${event.cause ?? '-'}`;
  const words = [event.actor, describeEvent(event)].filter(Boolean).join(', ');
  const head = isTrouble(event) ? paint.red(what) : event.kind === 'ready' ? paint.green(what) : what;
  return `${paint.dim(renderLogTime(event.atMs, nowMs))} ${head}  ${paint.dim(words)}`;
}
