import { VERDICTS, type Verdict } from '../core/verdict.js';
import { parseMemoryBytes, parseWhole } from './parse-value.js';

// Like parse-value.ts, for what concerns the watchdog.

/** `'85%'` as a share, or a size in bytes. */
export type Portion = { readonly share: number } | { readonly bytes: number };

export function parsePortion(value: unknown): Portion | undefined {
  const percent = typeof value === 'string' ? /^(\d{1,2}(?:\.\d+)?)\s*%$/.exec(value.trim())?.[1] : undefined;
  if (percent !== undefined) return Number(percent) > 0 ? { share: Number(percent) / 100 } : undefined;
  const bytes = parseMemoryBytes(value);
  return bytes === undefined ? undefined : { bytes };
}

/** One code or a list of them, as PM2 takes `stop_exit_codes`. */
export function parseExitCodes(value: unknown): readonly number[] | undefined {
  const codes = (Array.isArray(value) ? value : [value]).map(parseWhole);
  const sound = codes.filter((code) => code !== undefined && code >= 0 && code <= 255);
  return sound.length === codes.length ? sound.filter((code) => code !== undefined) : undefined;
}

export function parseReaction(value: unknown): 'restart' | 'alert' | 'ignore' | undefined {
  return value === 'restart' || value === 'alert' || value === 'ignore' ? value : undefined;
}

export function parseVerdicts(value: unknown): readonly Verdict[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const verdicts = value.map((word) => VERDICTS.find((verdict) => verdict === word));
  return verdicts.every((verdict) => verdict !== undefined) ? verdicts : undefined;
}

/** `'22:00'` as minutes since midnight. */
export function parseTimeOfDay(value: unknown): number | undefined {
  const [, hours, minutes] = typeof value === 'string' ? (/^(\d{1,2}):(\d{2})$/.exec(value.trim()) ?? []) : [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return Number(hours) * 60 + Number(minutes);
}

export function parseTimeZone(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch {
    // RangeError: no such zone, and the caller's expectation says so.
    return undefined;
  }
}

/** An http or https address, or `$NAME` for one that a variable holds. */
export function parseUrl(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\$[A-Za-z_]\w*$/.test(value)) return value;
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) ? value : undefined;
}
