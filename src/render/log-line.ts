import { Chalk, type ChalkInstance } from 'chalk';
import type { LogRecord, LogSource } from '../core/log-line.js';
import { cleanText, renderJsonLine } from './clean-text.js';
import { describeFields } from './log-fields.js';
import { renderLogTime } from './log-time.js';

export interface LogLineStyle {
  readonly colour: boolean;
  /** Stack traces and messages with newlines take several lines. Off in a pipe: one line in, one line out. */
  readonly multiline: boolean;
  /** The logs that will be shown, for a prefix of equal width; `undefined`: no prefix. */
  readonly prefixFor: readonly LogSource[] | undefined;
  /** Every service, in an order that stays: each has its colour whichever of them are shown. */
  readonly services: readonly string[];
}

/** 16-colour names, which follow the terminal's theme. Red and yellow are left to the levels. */
const PREFIX_COLOURS = [
  'cyan',
  'magenta',
  'green',
  'blue',
  'cyanBright',
  'magentaBright',
  'greenBright',
  'blueBright',
] as const;

const LEVEL_COLOURS: Readonly<Record<string, 'gray' | 'blue' | 'green' | 'yellow' | 'red' | 'redBright'>> = {
  trace: 'gray',
  debug: 'blue',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'redBright',
};
const LEVEL_WIDTH = 5;
const INDENT = '    ';

/**
 * Builds the renderer of log lines: `trading │ 14:45:11 INFO  message key=value`, a stack trace below it. JSON that is not
 * a log line, and plain text, pass through. Nothing of a line can move the cursor or outlive the line (`cleanText`).
 * The text has no final newline.
 */
export function createLogLineRenderer(style: LogLineStyle): (record: LogRecord, nowMs: number) => string {
  const paint = new Chalk({ level: style.colour ? 1 : 0 });
  const prefixes = prefixesOf(style, paint);
  return (record, nowMs) => {
    const prefix = prefixes.get(record.key) ?? '';
    const lines = isLogObject(record)
      ? renderObject(record, nowMs, style, paint)
      : [cleanText(record.raw, style.colour)];
    return lines.map((line) => `${prefix}${line}`).join('\n');
  };
}

/** One line of NDJSON: `{service, instance, atMs, level, msg, line}`, `null` where the line does not say. */
export function renderLogJson(record: LogRecord): string {
  const { service, instance, atMs = null, level = null, msg, raw } = record;
  return renderJsonLine({ service, instance, atMs, level, msg, line: raw });
}

/** JSON without time, level and message is a program's output, not a log line. */
function isLogObject(record: LogRecord): boolean {
  return record.json && (record.atMs !== undefined || record.level !== undefined || record.msg !== '');
}

function renderObject(record: LogRecord, nowMs: number, style: LogLineStyle, paint: ChalkInstance): string[] {
  const { pairs, stack } = describeFields(record);
  const [msg = '', ...more] = messageLines(record.msg, style);
  const head: string[] = [];
  if (record.atMs !== undefined) head.push(paint.dim(renderLogTime(record.atMs, nowMs)));
  if (record.level !== undefined) head.push(renderLevel(record.level, paint));
  if (msg !== '') head.push(cleanText(msg, style.colour));
  for (const [name, value] of pairs) head.push(paint.dim(`${name}=`) + cleanText(value, false));
  if (stack !== undefined && style.multiline) more.push(...stack.split('\n'));
  else if (stack !== undefined) head.push(`${paint.dim('err=')}${cleanText(JSON.stringify(stack), false)}`);
  return [head.join(' '), ...more.map((line) => INDENT + cleanText(line, style.colour))];
}

function messageLines(msg: string, style: LogLineStyle): string[] {
  if (!msg.includes('\n')) return [msg];
  const lines = msg.trimEnd().split(/\r?\n/);
  return style.multiline ? lines : [lines.join('\\n')];
}

function renderLevel(level: string, paint: ChalkInstance): string {
  const colour = Object.hasOwn(LEVEL_COLOURS, level) ? LEVEL_COLOURS[level] : undefined;
  const text = level.toUpperCase().padEnd(LEVEL_WIDTH);
  return colour === undefined ? text : paint[colour](text);
}

function prefixesOf(style: LogLineStyle, paint: ChalkInstance): ReadonlyMap<string, string> {
  const sources = style.prefixFor ?? [];
  // Keys are ASCII (the manifest sees to it), so their length is their width; a library that knows more costs 50 ms to load.
  const width = Math.max(0, ...sources.map(({ key }) => key.length));
  return new Map(
    sources.map(({ service, key }) => {
      const text = `${key}${' '.repeat(width - key.length)} │`;
      return [key, `${paint[colourOf(service, style.services)](text)} `];
    }),
  );
}

function colourOf(service: string, services: readonly string[]): (typeof PREFIX_COLOURS)[number] {
  const index = Math.max(0, services.indexOf(service));
  return PREFIX_COLOURS[index % PREFIX_COLOURS.length] ?? PREFIX_COLOURS[0];
}
