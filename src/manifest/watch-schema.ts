import * as z from 'zod';
import { leaf } from './leaf.js';
import { count, flag, httpPath, pattern, port, text, timeMs } from './leaves.js';
import * as parse from './parse-value.js';
import * as watch from './parse-watch.js';

// The blocks of the manifest that the watchdog acts on.

const bytes = leaf(parse.parseMemoryBytes, 'a size of at least 1M such as 20M or 2G (a bare number is bytes)');
const portion = leaf(watch.parsePortion, 'a share such as "90%", or a size of at least 1M such as 450M');
const verdicts = leaf(watch.parseVerdicts, 'a list of verdicts such as ["down", "hung"]');

export const reaction = leaf(watch.parseReaction, '"restart", "alert" or "ignore"');
export const exitCodes = leaf(watch.parseExitCodes, 'an exit code from 0 to 255, or a list of them');
export const memory = z.strictObject({ soft: portion.optional() }, { error: '{ soft: "90%" }' });
export const logs = z.strictObject(
  {
    size: bytes.optional(),
    age: timeMs.optional(),
    keep: bytes.optional(),
    gzip: flag.optional(),
  },
  { error: '{ size: "20M", age: "1d", keep: "200M", gzip: true }' },
);

const check = z.strictObject(
  {
    name: text.optional(),
    http: httpPath.optional(),
    tcp: port.optional(),
    command: text.optional(),
    log: pattern.optional(),
    port: port.optional(),
    within: timeMs.optional(),
    every: timeMs.optional(),
    timeout: timeMs.optional(),
    failures: count.optional(),
    successes: count.optional(),
  },
  { error: 'a check such as { http: "/health", every: "10s" }, or a list of them' },
);
export type CheckEntry = z.output<typeof check>;
export const CHECK_KEYS = Object.keys(check.shape);
/** One check, or a list of them. */
export const checks = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(check));

export const disk = z.strictObject({ free: bytes.optional() }, { error: '{ free: "500M" }' });
export const history = z.strictObject(
  { keep: timeMs.optional(), max: count.optional() },
  { error: '{ keep: "90d", max: 100000 }' },
);

const telegram = z.strictObject(
  {
    token: text,
    chat: leaf((value) => parse.parseText(typeof value === 'number' ? String(value) : value), 'the id of a chat'),
    api: leaf(watch.parseUrl, 'an address such as https://api.telegram.org').optional(),
  },
  { error: '{ token: "$TELEGRAM_BOT_TOKEN", chat: "$TELEGRAM_CHAT_ID" }' },
);
const webhook = z.strictObject(
  {
    url: leaf(watch.parseUrl, 'an http or https address, or the name of a variable such as "$ALERT_URL"'),
    headers: z.record(z.string(), text, { error: 'a block of headers' }).optional(),
  },
  { error: '{ url: "https://example.org/alert" }' },
);
const timeOfDay = leaf(watch.parseTimeOfDay, 'a time of day such as "22:00"');
const quiet = z.strictObject(
  {
    from: timeOfDay,
    to: timeOfDay,
    timezone: leaf(watch.parseTimeZone, 'a time zone such as "Europe/Vienna"').optional(),
    except: verdicts.optional(),
  },
  { error: '{ from: "22:00", to: "07:00" }' },
);
export const alerts = z.strictObject(
  {
    telegram: telegram.optional(),
    webhook: webhook.optional(),
    command: text.optional(),
    on: verdicts.optional(),
    after: leaf(parse.parseDelayMs, 'a duration such as 10s').optional(),
    quiet: quiet.optional(),
  },
  { error: 'a block such as { webhook: { url: "https://example.org/alert" } }' },
);
export type AlertsEntry = z.output<typeof alerts>;
export const ALERT_BLOCK_KEYS: Readonly<Record<string, readonly string[]>> = {
  alerts: Object.keys(alerts.shape),
  'alerts.telegram': Object.keys(telegram.shape),
  'alerts.webhook': Object.keys(webhook.shape),
  'alerts.quiet': Object.keys(quiet.shape),
};
