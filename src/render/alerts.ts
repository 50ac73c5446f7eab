import { Chalk, type ChalkInstance } from 'chalk';
import type { AlertEntry, AlertsView, TestResult } from '../core/alert-view.js';
import { formatDuration } from '../core/duration.js';
import { cleanText } from './clean-text.js';

export interface AlertsStyle {
  readonly colour: boolean;
  readonly nowMs: number;
  readonly action: 'list' | 'retry' | 'clear' | 'test';
  /** How many messages the action was about. */
  readonly changed: number | undefined;
}

const STATES = {
  pending: { word: 'waiting', colour: 'yellow' },
  dead: { word: 'given up', colour: 'red' },
  delivered: { word: 'delivered', colour: 'green' },
} as const;

/** What waits, what was given up and why, what arrived; a line or two for each. */
export function renderAlerts(view: AlertsView, { colour, nowMs, action, changed }: AlertsStyle): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const lines = [
    ...(changed === undefined ? [] : [renderChange(action, changed, view)]),
    renderChannels(view, nowMs),
    ...(view.entries.length === 0 ? [paint.dim('No alert so far')] : []),
    ...view.entries.flatMap((entry) => renderEntry(entry, { nowMs, hasChannel: hasChannel(view, entry) }, paint)),
  ];
  const dead = view.entries.filter(({ state }) => state === 'dead');
  if (dead.some((entry) => hasChannel(view, entry))) lines.push(paint.cyan('→ sigctl alerts retry'));
  else if (dead.length > 0) lines.push(paint.cyan('→ sigctl alerts clear'));
  if (!view.isWatched && view.entries.some(({ state }) => state === 'pending')) {
    lines.push(paint.yellow('no watchdog runs, which would deliver them: sigctl start'));
  }
  return lines.join('\n');
}

function hasChannel({ channels }: AlertsView, { channel }: AlertEntry): boolean {
  return channels.includes(channel);
}

function renderChange(action: AlertsStyle['action'], count: number, { entries }: AlertsView): string {
  const isLeft = entries.some(({ state }) => state === 'dead');
  if (count === 0) return isLeft ? 'nothing can be sent again: its channel is gone' : 'nothing was given up';
  const messages = count === 1 ? '1 message' : `${count} messages`;
  return action === 'retry' ? `${messages} will be sent again` : `${messages} forgotten`;
}

function renderChannels({ channels, quietUntilMs }: AlertsView, nowMs: number): string {
  if (channels.length === 0) return 'No channel: "alerts" in the manifest names them (sigctl help manifest)';
  const quiet = quietUntilMs === undefined ? '' : `; quiet for another ${formatDuration(quietUntilMs - nowMs)}`;
  return `channels: ${channels.join(', ')}${quiet}`;
}

function renderEntry(
  entry: AlertEntry,
  { nowMs, hasChannel }: { readonly nowMs: number; readonly hasChannel: boolean },
  paint: ChalkInstance,
): readonly string[] {
  const { alert, channel, state, createdAtMs, count, attempts, lastError } = entry;
  const { word, colour } = STATES[state];
  const age = formatDuration(nowMs - createdAtMs);
  const what = `${alert.subject} ${alert.kind === 'recovery' ? `${alert.verdict} again` : alert.verdict}`;
  const many = count > 1 ? ` (${count} messages in one)` : '';
  const reason = cleanText(alert.reason, false).replaceAll(/\s+/g, ' ');
  const head = `${paint[colour](word.padEnd(9))}  ${channel.padEnd(8)}  ${what}${many}: ${reason}  ${paint.dim(`${age} ago #${alert.id}`)}`;
  if (state === 'pending' && !hasChannel) {
    return [head, `${' '.repeat(11)}the manifest no longer names a ${channel} channel: it will not be sent`];
  }
  if (lastError === null || state === 'delivered') return [head];
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const again = state === 'pending' ? `, again in ${formatDuration(entry.nextAtMs - nowMs)}` : '';
  return [head, `${' '.repeat(11)}${cleanText(lastError, false)} ${paint.dim(`(${tries}${again})`)}`];
}

/** How each test message ended. */
export function renderTests(results: readonly TestResult[], colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  return results
    .map(({ channel, ok, error }) =>
      ok
        ? `${paint.green('✔')} ${channel}: delivered`
        : `${paint.red('✖')} ${channel}: ${cleanText(error ?? '', false)}`,
    )
    .join('\n');
}
