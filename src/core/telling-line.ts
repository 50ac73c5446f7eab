import { isRecord } from './is-record.js';

const TROUBLE =
  /\b(?:error|fatal|panic|exception|failed|failure|cannot|can't|could not|unable|refused|denied|abort(?:ed)?|killed|out of memory|segmentation fault|traceback|E[A-Z]{4,})\b|Error:|Exception:/i;
/** Where a fault was, not what it was: frames of node, V8, Java and python, carets below a source line, an error's properties; and what node's inspector says. */
const FRAME =
  /^Debugger (?:listening|attached|ending)|^For help, see: https:\/\/nodejs\.org|^\s+\w+: |^Emitted '\w+' event|^\s*(?:at\s|\d+: 0x|File "|\^+\s*$|\.\.\. \d+|node:internal|Node\.js v\d|\}$|\{$)/;

/**
 * The line of a log's end that tells most: the last one that names a trouble and is no frame of a stack trace, else the last
 * one. JSON lines are told by their message and error.
 */
export function tellingLine(lines: readonly string[]): string | undefined {
  const words = lines.map(wordsOf);
  const candidates = words.filter(({ isFrame }) => !isFrame);
  return (candidates.findLast(({ grave, text }) => grave || TROUBLE.test(text)) ?? candidates.at(-1) ?? words.at(-1))
    ?.text;
}

interface Words {
  readonly text: string;
  /** Its own level says that it is an error. */
  readonly grave: boolean;
  readonly isFrame: boolean;
}

/** pino's numbers: 50 is error, 60 fatal. */
const GRAVE_NUMBER = 50;
const GRAVE_WORD = /^(?:err(?:or)?|fatal|crit(?:ical)?|alert|emerg(?:ency)?|panic)$/i;

function wordsOf(line: string): Words {
  const value = line.startsWith('{') ? parse(line) : undefined;
  if (value === undefined) return { text: line.trim(), grave: false, isFrame: FRAME.test(line) };
  const { level, severity, err, error } = value;
  const message = [value['msg'], value['message'], value['event']].find((text) => typeof text === 'string');
  const fault = [err, error]
    .map((part) => (isRecord(part) ? part['message'] : part))
    .find((text) => typeof text === 'string');
  const parts = [message, fault === message ? undefined : fault].filter((part) => part !== undefined && part !== '');
  const rank = level ?? severity;
  const grave = typeof rank === 'number' ? rank >= GRAVE_NUMBER : typeof rank === 'string' && GRAVE_WORD.test(rank);
  return { text: parts.length === 0 ? line.trim() : parts.join(': '), grave, isFrame: false };
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    // Text that begins with a brace, or a line that was cut.
    return undefined;
  }
}
