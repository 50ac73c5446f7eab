import { z } from 'zod';
import { atMs, count, document, errorDocument, instant, ms, open, text, textOrNull, texts } from './common.js';
import {
  alertEntry,
  alertTest,
  backupIndex,
  event,
  finding,
  fix,
  logLine,
  processVariables,
  restorePlan,
  story,
} from './record.js';
import { reloadOutcome, report, stackName, startOutcome, statusDetail, statusHead, stopOutcome } from './services.js';

const ok = z.boolean().describe('false: the command failed, and its exit code is not 0');
const done = z.literal(true);
const modes = z.record(text, texts);
const modePlan = z.object({ mode: text, stop: texts, start: texts, keep: texts });
const recoverStep = z.enum(['replace-daemon', 'start-daemon', 'start-watchdog', 'take-back']);
const undone = z.object({ backup: text, started: z.array(startOutcome) });

/** What each command prints with `--json`, one document of these; every command may print an error instead. */
const DOCUMENTS = {
  start: [document({ outcomes: z.array(startOutcome), ok })],
  stop: [document({ outcomes: z.array(stopOutcome), ok })],
  restart: [document({ stopped: z.array(stopOutcome), started: z.array(startOutcome), ok })],
  reload: [document({ outcomes: z.array(reloadOutcome), ok })],
  recover: [
    document({
      ok,
      did: z.array(recoverStep).describe('empty: nothing was to be done'),
      todo: z.array(recoverStep).describe('--check: what would be done'),
      daemon: z.object({ life: z.enum(['answers', 'silent', 'gone']), pid: count.nullable() }),
      watchdog: z.object({ life: z.enum(['lives', 'stopped', 'gone', 'off']), pid: count.nullable() }),
      services: texts.describe('those that should run, and do or were lost'),
      orphans: texts.describe('those that are not under PM2 yet'),
      failed: texts.describe('those that did not get ready, where the manifest does without the watchdog'),
    }),
  ],
  status: [
    document({ ...statusHead, services: z.array(report), detail: statusDetail.optional() }),
    document({
      hosts: z.array(
        z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('answered'), host: text, stack: text, mode: textOrNull, services: z.array(open) }),
          z.object({ kind: z.literal('failed'), host: text, code: text, reason: text }),
        ]),
      ),
    }).describe('status --all-hosts'),
  ],
  wait: [
    document({
      ok,
      for: z.enum(['healthy', 'stopped']),
      waitedMs: ms,
      missing: z.array(z.object({ key: text, why: text })),
    }),
  ],
  mode: [
    document({ mode: textOrNull, modes }).describe('mode'),
    document({ plan: modePlan }).describe('mode <mode> --dry-run'),
    document({
      plan: modePlan,
      stopped: z.array(stopOutcome),
      started: z.array(startOutcome),
      rolledBack: z.object({ stopped: z.array(stopOutcome), started: z.array(startOutcome) }).optional(),
      ok,
    }).describe('mode <mode>'),
  ],
  logs: [logLine],
  why: [document({ stories: z.array(story) })],
  history: [document({ events: z.array(event) })],
  backup: [document({ ok: done, backup: text, index: backupIndex, removed: texts })],
  restore: [
    document({ ok: done, plan: restorePlan, running: texts }).describe('restore --dry-run'),
    document({
      ok,
      plan: restorePlan,
      stopped: z.array(stopOutcome),
      started: z.array(startOutcome),
      kept: textOrNull.describe('where the old databases lie'),
    }).describe('restore'),
    document({ ok, undone: z.array(undone) }).describe('restore --undo'),
  ],
  doctor: [
    document({
      ok,
      asOf: instant,
      counts: z.object({ error: count, warning: count, info: count, ok: count }),
      findings: z.array(finding),
      fixes: z.array(fix),
    }),
  ],
  config: [
    document({ stack: stackName, modes, services: z.array(z.looseObject({ name: text })) }).describe('config'),
    document({
      diffs: z.array(
        z.discriminatedUnion('kind', [
          z.object({
            kind: z.literal('changed'),
            service: text,
            differences: z.array(
              z.object({ key: text, running: textOrNull, manifest: textOrNull, needsRestart: z.boolean() }),
            ),
          }),
          z.object({ kind: z.literal('unknown'), service: text }),
          z.object({ kind: z.literal('gone'), service: text }),
        ]),
      ),
      needsRestart: texts,
    }).describe('config --diff'),
  ],
  env: [document({ processes: z.array(processVariables) })],
  alerts: [
    document({
      ok: done,
      asOf: instant,
      changed: count.optional().describe('how many messages retry or clear was about'),
      channels: texts,
      quietUntilMs: atMs.nullable(),
      alerts: z.array(alertEntry),
    }),
    document({ ok, tests: z.array(alertTest) }).describe('alerts test'),
  ],
  host: [document({ ok: done, hosts: z.record(text, text) })],
  deploy: [
    document({ ok: done, plan: open }).describe('deploy --dry-run'),
    document({ ok, outcome: z.looseObject({ kind: text }), removed: texts }).describe('deploy'),
  ],
  startup: [
    document({
      ...{ ok: done, installed: z.boolean(), kind: text, place: text, text, notes: texts.optional() },
      also: z.array(z.object({ place: text, text })).describe('units beside it'),
    }),
  ],
  unstartup: [document({ ok: done, removed: z.boolean(), kind: text, place: text })],
  init: [
    document({
      ok: done,
      written: textOrNull.describe('the file; null with --dry-run'),
      source: textOrNull,
      format: text,
      others: texts,
      services: texts,
      leftOut: z.array(z.object({ name: text, reason: text })),
      notes: texts,
      manifest: text,
    }),
    document({ ok: done, written: z.null(), existing: text }).describe('a manifest is there already'),
  ],
  completion: [
    document({ ok: done, shell: text, script: text }),
    document({ ok: done, shell: text, path: text, changed: z.boolean(), activate: textOrNull }).describe(
      'completion install',
    ),
  ],
} as const satisfies Readonly<Record<string, readonly z.ZodType[]>>;

/** Whether the shapes name what a command prints. */
export function hasDocuments(command: string): command is keyof typeof DOCUMENTS {
  return Object.hasOwn(DOCUMENTS, command);
}

/**
 * The JSON Schema of what a command prints with `--json`.
 *
 * @param fields `open`: as it is published, for new fields may come. `closed`: with the fields that are documented, and no other.
 */
export function schemaOf(
  command: keyof typeof DOCUMENTS,
  fields: 'open' | 'closed',
): Readonly<Record<string, unknown>> {
  const [first, ...others] = [...DOCUMENTS[command], errorDocument];
  const schema = z.toJSONSchema(z.union([first, ...others]), {
    target: 'draft-7',
    io: fields === 'open' ? 'input' : 'output',
  });
  const { $schema, ...rest } = schema;
  return { $schema, title: `sigctl ${command} --json`, ...rest };
}
