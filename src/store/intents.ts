import { type ProcessIdentity, processName } from '../core/observed-process.js';
import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

/** Why a process starts or ends, told beforehand by whoever makes it: the recorder puts it beside what then happens. */
export interface ProcessIntent {
  readonly key: string;
  readonly kind: 'start' | 'exit';
  readonly cause: string;
  readonly actor: string;
  readonly atMs: number;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** Whose start or exit: the start id of a launch, or the identity of the process that is to end. */
export type IntentSubject =
  | { readonly kind: 'start'; readonly startId: string }
  | { readonly kind: 'exit'; readonly process: ProcessIdentity };

/** Records an intent. The first one for a process stands: a second signal does not change why it ends. */
export function recordIntent(
  db: StatusDb,
  intent: Pick<ProcessIntent, 'key' | 'cause' | 'actor' | 'atMs'> & {
    readonly subject: IntentSubject;
    readonly detail?: ProcessIntent['detail'];
  },
): void {
  const { subject, detail, ...rest } = intent;
  statement(db, RECORD).run({
    ...rest,
    kind: subject.kind,
    ref: refOf(subject),
    detailJson: detail == null ? null : JSON.stringify(detail),
  });
}

/** The intent behind a start or an exit, `undefined` when nobody told one: it happened by itself. */
export function readIntent(db: StatusDb, key: string, subject: IntentSubject): ProcessIntent | undefined {
  const raw = statement(db, READ).get({ key, kind: subject.kind, ref: refOf(subject) });
  if (raw === undefined) return undefined;
  const row = rowReader(raw, 'process_intents', ['key', 'ref']);
  return {
    key: row.text('key'),
    kind: row.oneOf('kind', ['start', 'exit']),
    cause: row.text('cause'),
    actor: row.text('actor'),
    atMs: row.integer('at_ms'),
    detail: row.jsonOrNull('detail_json'),
  };
}

/** Forgets intents that are older than any process they could be about is likely to be asked for. */
export function pruneIntents(db: StatusDb, beforeMs: number): void {
  statement(db, 'DELETE FROM process_intents WHERE at_ms < @beforeMs').run({ beforeMs });
}

function refOf(subject: IntentSubject): string {
  return subject.kind === 'start' ? subject.startId : processName(subject.process);
}

const RECORD = `
  INSERT INTO process_intents (key, kind, ref, cause, actor, at_ms, detail_json)
  VALUES (@key, @kind, @ref, @cause, @actor, @atMs, @detailJson)
  ON CONFLICT (kind, key, ref) DO NOTHING`;

const READ = 'SELECT * FROM process_intents WHERE kind = @kind AND key = @key AND ref = @ref';
