import { parseDuration } from './duration.js';

/** A date and a time of day as a calendar and a clock show them. */
interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** For help texts and hints: what `parseInstant` understands. */
export const INSTANT_FORMS = '24h, 09:30, 2026-03-01, 2026-03-01T09:30, 2026-03-01T09:30:00Z, today or yesterday';

const DAY_MS = 86_400_000;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Parses a point in time as people type it, to epoch milliseconds: a duration means that long ago (`24h`), a time of day the
 * last time a clock showed it (`09:30`), a date its midnight, `today` and `yesterday` likewise, `now` itself. A time without
 * an offset is one of `timeZone`.
 *
 * @param timeZone IANA name; the machine's own when left out.
 * @returns `undefined` when it is none of these, or no such day or hour exists.
 */
export function parseInstant(text: string, nowMs: number, timeZone?: string): number | undefined {
  const typed = text.trim();
  const word = typed.toLowerCase();
  if (word === 'now') return nowMs;
  if (word === 'today') return midnight(nowMs, 0, timeZone);
  if (word === 'yesterday') return midnight(nowMs, 1, timeZone);
  return parseAge(typed, nowMs) ?? parseClock(typed, nowMs, timeZone) ?? parseDate(typed, timeZone);
}

/** A bare number would be milliseconds, which nobody means. */
function parseAge(text: string, nowMs: number): number | undefined {
  const ageMs = /^\d+(\.\d+)?$/.test(text) ? undefined : parseDuration(text);
  return ageMs === undefined ? undefined : nowMs - ageMs;
}

function parseClock(text: string, nowMs: number, timeZone: string | undefined): number | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const today = toWallTime(nowMs, timeZone);
  const time = { hour: Number(match[1]), minute: Number(match[2]), second: Number(match[3] ?? 0), millisecond: 0 };
  if (!isTimeOfDay(time)) return undefined;
  const atMs = fromWallTime({ ...today, ...time }, timeZone);
  return atMs <= nowMs ? atMs : fromWallTime({ ...today, ...time, day: today.day - 1 }, timeZone);
}

function parseDate(text: string, timeZone: string | undefined): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, offset] = match;
  const wall: WallTime = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    millisecond: Math.floor(Number(`0.${fraction ?? 0}`) * 1_000),
  };
  // `2026-02-30` would become a day in March.
  const made = new Date(asUtc(wall));
  if (!isTimeOfDay(wall) || made.getUTCDate() !== wall.day || made.getUTCMonth() + 1 !== wall.month) return undefined;
  return offset === undefined ? fromWallTime(wall, timeZone) : asUtc(wall) - offsetMs(offset);
}

function isTimeOfDay({ hour, minute, second }: Pick<WallTime, 'hour' | 'minute' | 'second'>): boolean {
  return hour < 24 && minute < 60 && second < 60;
}

function offsetMs(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? [];
  const ms = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -ms : ms;
}

function midnight(nowMs: number, daysAgo: number, timeZone: string | undefined): number {
  const today = toWallTime(nowMs, timeZone);
  const start = { ...today, day: today.day - daysAgo, hour: 0, minute: 0, second: 0, millisecond: 0 };
  return fromWallTime(start, timeZone);
}

/** The instant at which clocks of the zone show this. An hour that summer time skips is taken as the one after it. */
function fromWallTime(wall: WallTime, timeZone: string | undefined): number {
  const shown = asUtc(wall);
  const shift = (atMs: number) => asUtc(toWallTime(atMs, timeZone)) - atMs;
  // The offset a day before and after: they differ only around a change, and then one of them is in force.
  const candidates = [shown - shift(shown - DAY_MS), shown - shift(shown + DAY_MS)];
  return candidates.find((atMs) => asUtc(toWallTime(atMs, timeZone)) === shown) ?? Math.max(...candidates);
}

function asUtc({ year, month, day, hour, minute, second, millisecond }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}

function toWallTime(atMs: number, timeZone: string | undefined): WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
    millisecond: ((atMs % 1_000) + 1_000) % 1_000,
  };
}
