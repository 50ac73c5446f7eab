import type { QuietHours } from './stack.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** A day with a clock that is put back has 25 hours. */
const LONGEST_DAY_MINUTES = 1_500;

/**
 * Whether the wall clock of the zone stands within the quiet hours. Hours that span midnight do; `from` equal to `to` is the whole day.
 *
 * It is the reading of the clock that counts: an hour that the clock skips in spring is not waited for, and one that it
 * repeats in autumn is quiet, or not, both times.
 */
export function isQuiet(quiet: QuietHours, atMs: number): boolean {
  const minute = minuteOfDay(quiet.timeZone, atMs);
  const { fromMinute, toMinute } = quiet;
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

/** When the quiet hours that hold at `atMs` end; `undefined` when they never do (`from` equal to `to`). `atMs` itself when it is not quiet. */
export function quietUntilMs(quiet: QuietHours, atMs: number): number | undefined {
  if (!isQuiet(quiet, atMs)) return atMs;
  // Minute by minute, as no arithmetic on times of day survives a clock that is put forward or back. It is asked for seldom.
  const startMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  for (let minutes = 1; minutes <= LONGEST_DAY_MINUTES; minutes++) {
    const candidateMs = startMs + minutes * MINUTE_MS;
    if (!isQuiet(quiet, candidateMs)) return candidateMs;
  }
  return undefined;
}

/** Making a formatter costs a thousand times as much as using one, and 8 MB: most of it pages of node's own binary. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function minuteOfDay(timeZone: string | undefined, atMs: number): number {
  if (timeZone === undefined) {
    // The machine's zone needs no formatter, which the watchdog's memory is glad of.
    const local = new Date(atMs);
    return local.getHours() * 60 + local.getMinutes();
  }
  const formatter =
    formatters.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
  formatters.set(timeZone, formatter);
  const [hours = '0', minutes = '0'] = formatter.format(atMs).split(':');
  return (Number(hours) * 60 + Number(minutes)) % DAY_MINUTES;
}
