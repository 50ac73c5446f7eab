import type { AlertMemory } from '../core/alert-plan.js';
import { VERDICTS } from '../core/verdict.js';
import type { StatusDb } from './open.js';
import { parseRows, rowReader } from './row-reader.js';
import { statement } from './statement.js';

/** What a memory is about: a process of a service, or `*` with `disk` or `pm2`. */
export interface AlertSubject {
  readonly service: string;
  readonly instance: string;
}

export type RememberedSubject = AlertSubject & { readonly memory: AlertMemory };

/** What was seen and told of each subject, also by a watchdog before this one. A row that is impossible is as good as none. */
export function readAlertMemories(db: StatusDb): readonly RememberedSubject[] {
  const rows = statement(db, 'SELECT * FROM service_verdicts').all({});
  // Replaced at the first look: a memory that nobody can read must not keep every alert from being told.
  return parseRows(rows, parse, () => undefined);
}

/** In place of what was remembered of the subject. @param reason Of the verdict, in words. */
export function writeAlertMemory(db: StatusDb, { memory, ...subject }: RememberedSubject, reason: string): void {
  statement(db, WRITE).run({ ...subject, ...memory, reason });
}

/** Forgets a subject that is no more. */
export function deleteAlertMemory(db: StatusDb, { service, instance }: AlertSubject): void {
  statement(db, 'DELETE FROM service_verdicts WHERE service = @service AND instance = @instance').run({
    service,
    instance,
  });
}

function parse(raw: unknown): RememberedSubject {
  const row = rowReader(raw, 'service_verdicts', ['service', 'instance']);
  return {
    service: row.text('service'),
    instance: row.text('instance'),
    memory: {
      verdict: row.oneOf('verdict', VERDICTS),
      sinceMs: row.integer('since_ms'),
      alerted: row.textOrNull('alerted') === null ? null : row.oneOf('alerted', VERDICTS),
      alertedAtMs: row.integer('alerted_at_ms'),
      episodes: row.integer('episodes'),
      episodesSinceMs: row.integer('episodes_since_ms'),
      calmSinceMs: row.integer('calm_since_ms'),
    },
  };
}

const WRITE = `
  INSERT OR REPLACE INTO service_verdicts
    (service, instance, verdict, reason, since_ms, alerted, alerted_at_ms, episodes, episodes_since_ms, calm_since_ms)
  VALUES
    (@service, @instance, @verdict, @reason, @sinceMs, @alerted, @alertedAtMs, @episodes, @episodesSinceMs, @calmSinceMs)`;
