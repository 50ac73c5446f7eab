/** `2026-11-22T14:45:11.123Z`, with a space, a comma, an offset, or none (then local time, as Python's logging prints it). */
const ISO = /(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2})?/.source;
const WHOLE_ISO = new RegExp(`^${ISO}$`);
/** At the start of a line, perhaps in brackets, perhaps coloured, perhaps named (logfmt). */
const LEADING_ISO = new RegExp(`^(?:\\u001b\\[[0-9;]*m|[[(\\s]){0,8}(?:(?:time|timestamp|ts|t)="?)?${ISO}`);

/** Numbers below are seconds, then milliseconds, microseconds, nanoseconds: what loggers write for a day of this century. */
const UNITS = [
  { below: 1e8, toMs: () => undefined },
  { below: 1e11, toMs: (seconds: number) => Math.round(seconds * 1e3) },
  { below: 1e14, toMs: Math.floor },
  { below: 1e17, toMs: (micros: number) => Math.floor(micros / 1e3) },
  { below: 1e20, toMs: (nanos: number) => Math.floor(nanos / 1e6) },
] as const;

/** A log's time value (epoch in any usual unit, or ISO 8601) as epoch milliseconds; `undefined` when it is none. */
export function parseLogTime(value: unknown): number | undefined {
  if (typeof value === 'number') return epochMs(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{9,20}(\.\d{1,9})?$/.test(text)) return epochMs(Number(text));
  return isoMs(WHOLE_ISO.exec(text));
}

/** The ISO time that a line of plain text begins with, as epoch milliseconds. */
export function leadingTime(line: string): number | undefined {
  return isoMs(LEADING_ISO.exec(line.slice(0, 128)));
}

function epochMs(value: number): number | undefined {
  return UNITS.find(({ below }) => value < below)?.toMs(value);
}

function isoMs(match: RegExpExecArray | null): number | undefined {
  if (match === null) return undefined;
  const [, day, time, fraction = '', zone = ''] = match;
  const offset = zone === '' || zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const atMs = Date.parse(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
