import { z } from 'zod';
import { atMs, bytesOrNull, countOrNull, msOrNull, open, pidOrNull, text, textOrNull, texts } from './common.js';
import { verdict } from './services.js';

/** One event of the flight recorder. */
export const event = z.object({
  atMs,
  service: text,
  instance: text,
  kind: text.describe('start, ready, exit, stop, refused, crash-loop, … Others may be added'),
  cause: textOrNull.describe('one word: operator, crash, signal, memory-limit, … Others may be added'),
  actor: text,
  pid: pidOrNull,
  exitCode: z.int().nullable(),
  exitSignal: textOrNull,
  manifestHash: textOrNull,
  version: textOrNull,
  memoryBytes: bytesOrNull,
  logTail: texts.nullable().describe('the last lines of its log, oldest first, secrets masked'),
  detail: open.nullable(),
});

export const story = z.object({
  service: text,
  key: text,
  kind: z.enum(['exited', 'not-started', 'running', 'never']),
  what: text,
  of: textOrNull,
  atMs: atMs.nullable(),
  cause: textOrNull,
  actor: textOrNull,
  reason: textOrNull,
  facts: textOrNull,
  said: textOrNull.describe('the line of its log that tells most'),
  stuck: textOrNull.describe('where its code was when it hung or got nothing done, or why nobody knows'),
  sequel: text,
  next: textOrNull,
  event: event.nullable(),
});

export const logLine = z
  .object({
    service: text,
    instance: text,
    atMs: atMs.nullable(),
    level: textOrNull,
    msg: text,
    line: text.describe('as it was written'),
  })
  .describe('one line of output: logs --json prints one object per line, without schemaVersion');

const alertKind = z.enum(['alert', 'recovery', 'test']);

const alert = z.object({
  id: text,
  kind: alertKind,
  stack: text,
  host: text,
  subject: text,
  verdict,
  reason: text,
  next: textOrNull,
  sinceMs: atMs,
  atMs,
  previous: verdict.nullable(),
  episodes: z.int(),
  episodesSinceMs: atMs,
  earlier: z.array(z.object({ kind: alertKind, verdict, reason: text, atMs })),
});

export const alertEntry = z.object({
  alert,
  channel: text,
  state: z.enum(['pending', 'delivered', 'dead']),
  createdAtMs: atMs,
  count: z.int(),
  attempts: z.int(),
  nextAtMs: atMs,
  lastError: textOrNull,
  settledAtMs: atMs.nullable(),
  ageMs: msOrNull,
});

export const alertTest = z.object({ channel: text, ok: z.boolean(), error: textOrNull });

export const finding = z.object({
  check: text,
  severity: z.enum(['error', 'warning', 'info', 'ok']),
  code: text.describe('stable: scripts match this. Others may be added'),
  subject: textOrNull,
  evidence: text,
  mend: textOrNull.describe('the command or edit that mends it'),
  fixable: z.boolean().describe('doctor --fix would'),
});

export const fix = z.object({ kind: z.enum(['fixed', 'left']), code: text, subject: textOrNull, detail: text });

export const variable = z.object({
  name: text,
  value: text.describe('masked when it is a secret'),
  origin: z.object({ kind: text, file: text.optional() }),
  note: text.optional(),
  isSecret: z.boolean(),
});

export const processVariables = z.object({
  service: text,
  key: text,
  pid: pidOrNull,
  comparedWith: z.enum(['process', 'launch-file']).nullable(),
  variables: z.array(variable),
  differences: z.array(z.object({ name: text, running: textOrNull, next: textOrNull })),
  nodeFlags: texts,
});

const file = { name: text, bytes: z.int(), sha256: text.regex(/^[0-9a-f]{64}$/) };

/** `index.json` of a backup. */
export const backupIndex = z.object({
  schemaVersion: z.int(),
  sigctlVersion: text,
  stack: text,
  mode: textOrNull,
  asOf: text,
  manifest: z.object(file),
  databases: z.array(
    z.object({
      ...file,
      userVersion: z.int(),
      wal: z.boolean(),
      tables: z.array(z.object({ table: text, rows: countOrNull })).nullable(),
    }),
  ),
});

const plannedFile = z.object({ name: text, bytes: z.int() });

export const restorePlan = z.object({
  backup: text,
  asOf: text,
  sigctlVersion: text,
  replace: z.array(plannedFile),
  create: z.array(plannedFile),
  keep: texts,
  manifestDiffers: z.boolean(),
});
