import type { AlertChannel, AlertPolicy, LogPolicy, QuietHours, WatchPolicy } from '../core/stack.js';
import { isFine, VERDICTS, type Verdict } from '../core/verdict.js';
import type { AppEntry, StackEntry } from './schema.js';
import type { AlertsEntry } from './watch-schema.js';

const MIB = 1024 ** 2;
const DAY_MS = 86_400_000;

const DEFAULT_LOGS: LogPolicy = { maxBytes: 20 * MIB, maxAgeMs: undefined, keepBytes: 200 * MIB, gzip: true };
/** Little enough for a small VPS, and still some hours of logs. */
const DEFAULT_MIN_FREE_BYTES = 500 * MIB;
const DEFAULT_HISTORY = { keepMs: 90 * DAY_MS, maxEvents: 100_000 } as const;
/** Already at 90 % of the limit an operator wants to know. */
const DEFAULT_SOFT_SHARE = 0.9;
/** Every verdict that a person has to look at. */
const DEFAULT_ALERTED: readonly Verdict[] = VERDICTS.filter((verdict) => !isFine(verdict));
/** What costs money while one sleeps. */
const DEFAULT_QUIET_EXCEPT: readonly Verdict[] = ['down', 'crash-loop', 'duplicate'];

export function watchPolicy(entry: StackEntry): WatchPolicy {
  return {
    enabled: entry.watchdog ?? true,
    minFreeBytes: entry.disk?.free ?? DEFAULT_MIN_FREE_BYTES,
    history: {
      keepMs: entry.history?.keep ?? DEFAULT_HISTORY.keepMs,
      maxEvents: entry.history?.max ?? DEFAULT_HISTORY.maxEvents,
    },
    alerts: alertPolicy(entry.alerts ?? {}),
  };
}

/** The app's own block, else that of the stack, else the defaults; each key on its own. */
export function logPolicy(own: LogsEntry, ofStack: LogsEntry): LogPolicy {
  const entry = { ...ofStack, ...own };
  return {
    maxBytes: entry.size ?? DEFAULT_LOGS.maxBytes,
    maxAgeMs: entry.age,
    keepBytes: entry.keep ?? DEFAULT_LOGS.keepBytes,
    gzip: entry.gzip ?? DEFAULT_LOGS.gzip,
  };
}
export type LogsEntry = NonNullable<StackEntry['logs']>;

export function softLimit(app: AppEntry): number | undefined {
  const limit = app.max_memory_restart;
  if (limit === undefined) return undefined;
  const soft = app.sigctl?.memory?.soft ?? { share: DEFAULT_SOFT_SHARE };
  return 'bytes' in soft ? soft.bytes : Math.round(limit * soft.share);
}

function alertPolicy(entry: AlertsEntry): AlertPolicy {
  return {
    channels: channels(entry),
    verdicts: entry.on ?? DEFAULT_ALERTED,
    afterMs: entry.after ?? 0,
    quiet: entry.quiet === undefined ? undefined : quietHours(entry.quiet),
  };
}

function channels({ telegram, webhook, command }: AlertsEntry): readonly AlertChannel[] {
  return [
    ...(telegram === undefined
      ? []
      : [{ kind: 'telegram' as const, ...telegram, api: telegram.api ?? 'https://api.telegram.org' }]),
    ...(webhook === undefined ? [] : [{ kind: 'webhook' as const, url: webhook.url, headers: webhook.headers ?? {} }]),
    ...(command === undefined ? [] : [{ kind: 'command' as const, command }]),
  ];
}

function quietHours({ from, to, timezone, except }: NonNullable<AlertsEntry['quiet']>): QuietHours {
  return { fromMinute: from, toMinute: to, timeZone: timezone, except: except ?? DEFAULT_QUIET_EXCEPT };
}
