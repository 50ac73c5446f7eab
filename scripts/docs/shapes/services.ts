import { z } from 'zod';
import { SERVICE_STATES } from '../../../src/core/status-row.js';
import { VERDICTS } from '../../../src/core/verdict.js';
import * as common from './common.js';

const { text, texts, textOrNull, countOrNull, pid, pidOrNull, ms, msOrNull, bytesOrNull, open } = common;
const who = { service: text, key: text.describe('the process: the service, or web-0 where it has several') };

export const verdict = z.enum(VERDICTS);

/** One process of a service, as everywhere. */
export const report = z.object({
  ...who,
  instance: text,
  verdict,
  reason: text.describe('in words and numbers'),
  next: textOrNull.describe('the next command to type'),
  wanted: z.boolean().describe('it should run'),
  state: z
    .enum([...SERVICE_STATES, 'offline'])
    .nullable()
    .describe('what it says of itself'),
  stateReason: textOrNull,
  pid: pidOrNull,
  uptimeMs: msOrNull,
  restarts: countOrNull.describe('starts that nobody asked for, since the last one by sigctl'),
  memoryBytes: bytesOrNull.describe('resident memory of the process and its children'),
  memoryLimitBytes: bytesOrNull,
  cpuPercent: z.number().nonnegative().nullable().describe('of one core, average over the life of the process'),
  heartbeatAgeMs: z.number().nullable(),
  heartbeatWithinMs: msOrNull,
  progressName: textOrNull,
  progressAgeMs: z.number().nullable(),
  progressWithinMs: msOrNull,
  port: countOrNull,
  checks: z.array(
    z.object({ name: text, kind: z.enum(['http', 'tcp', 'command', 'log']), ok: z.boolean(), reason: text, forMs: ms }),
  ),
});

const failure = {
  code: text.describe(
    'stable: PORT_TAKEN, SCRIPT_MISSING, CRASHED, NOT_READY, LOCK_HELD, LAUNCH_FAILED, EARLIER_PROCESSES',
  ),
  reason: text,
  hint: text,
  exitCode: z.int().nullable(),
  exitSignal: textOrNull,
  logTail: texts,
};

export const startOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), ...who, pid, tookMs: ms }),
  z.object({ kind: z.literal('kept'), ...who, pid, note: textOrNull }),
  z.object({ kind: z.literal('completed'), ...who, code: z.int(), tookMs: msOrNull }),
  z.object({ kind: z.literal('failed'), ...who, ...failure }),
  z.object({ kind: z.literal('skipped'), ...who, reason: text }),
  z.object({
    kind: z.literal('interrupted'),
    ...who,
    launched: z
      .boolean()
      .describe('false: Ctrl-C came before it was started, so that it does not run and is not wanted'),
  }),
]);

export const stopOutcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stopped'),
    ...who,
    pid: pidOrNull,
    tookMs: ms,
    forced: z.boolean().describe('SIGKILL was needed'),
  }),
  z.object({ kind: z.literal('already'), ...who }),
  z.object({ kind: z.literal('failed'), ...who, pid: pidOrNull, reason: text }),
]);

const reloaded = { service: text, how: text, tookMs: ms, note: textOrNull };

export const reloadOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reloaded'), ...reloaded }),
  z.object({ kind: z.literal('restarted'), ...reloaded }),
  z.object({ kind: z.literal('failed'), service: text, how: text, reason: text, hint: text, logTail: texts }),
  z.object({ kind: z.literal('skipped'), service: text, reason: text }),
  z.object({ kind: z.literal('interrupted'), service: text }),
]);

export const stackName = z.object({ name: text, root: text, manifest: text });

/** Of `status`, before its services. */
export const statusHead = {
  stack: stackName.extend({ home: text }),
  mode: textOrNull,
  asOf: common.instant,
  daemon: z.object({ pid: pidOrNull, stopped: z.boolean() }),
  watchdog: z.object({ enabled: z.boolean(), pid: pidOrNull, memoryBytes: bytesOrNull, stopped: z.boolean() }),
  alerts: z.object({ undelivered: common.count, givenUp: common.count }),
};

/** Of `status <service>`. */
export const statusDetail = z.object({
  service: text,
  manifest: open.nullable().describe('null: it is in the manifest no more'),
  processes: z.array(
    z.object({ key: text, logFile: text, logBytes: bytesOrNull, pidFile: text, lastExit: open.nullable() }),
  ),
});
