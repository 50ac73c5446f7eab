import type { Alert } from '../../../core/alert.js';
import { type AlertMemory, type AlertSituation, planAlert } from '../../../core/alert-plan.js';
import type { AlertPolicy } from '../../../core/stack.js';
import {
  type AlertSubject,
  deleteAlertMemory,
  readAlertMemories,
  writeAlertMemory,
} from '../../../store/alert-memory.js';
import { enqueueAlert } from '../../../store/alert-outbox.js';
import type { StatusDb } from '../../../store/open.js';

/** One subject at one look. */
export interface Sighting extends AlertSubject, AlertSituation {
  /** How people call it: `web-1`, `disk`. */
  readonly name: string;
  readonly reason: string;
  readonly next: string | null;
}

export interface AlertWatchDeps {
  readonly db: StatusDb;
  readonly policy: AlertPolicy;
  readonly stack: string;
  readonly host: string;
  readonly nowMs: () => number;
  /** Eight hexadecimal digits or so, never twice. */
  readonly newId: () => string;
  /** The text without secrets: a service may write anything into its reason. */
  readonly mask: (text: string) => string;
}

/** What concerns the stack as a whole, beside its services. */
export const WHOLE_STACK = '*';

export interface AlertWatch {
  /**
   * Looks at every subject, and puts what is to be told into the outbox, together with the memory that it was told.
   * A subject that was seen before and is missing has left the manifest: what was told of it is over.
   */
  readonly observe: (sightings: readonly Sighting[]) => void;
}

/** Decides what is told, with what earlier watchdogs told. Without a channel it only keeps the verdicts. */
export function createAlertWatch(deps: AlertWatchDeps): AlertWatch {
  const { db, nowMs } = deps;
  const channels = [...new Set(deps.policy.channels.map(({ kind }) => kind))];
  const policy = channels.length === 0 ? { ...deps.policy, verdicts: [] } : deps.policy;
  const memories = new Map(readAlertMemories(db).map((subject) => [keyOf(subject), subject]));
  const look = (sighting: Sighting): AlertMemory => {
    const { service, instance } = sighting;
    const key = keyOf(sighting);
    const before = memories.get(key)?.memory;
    const { step, memory } = planAlert(sighting, before, policy, nowMs());
    if (before === memory || (before !== undefined && isSame(before, memory))) return memory;
    db.transaction(() => {
      writeAlertMemory(db, { service, instance, memory }, deps.mask(sighting.reason));
      if (step.kind === 'alert' || step.kind === 'recovery') {
        enqueueAlert(db, { channels, dedupeKey: key, alert: writeAlert(deps, sighting, step, memory) });
      }
    }).immediate();
    // After the transaction: what could not be written is planned again.
    memories.set(key, { service, instance, memory });
    return memory;
  };
  return {
    observe: (sightings) => {
      for (const sighting of sightings) look(sighting);
      // Each that was looked at is remembered: more of them are there only when one is missing.
      if (memories.size <= sightings.length) return;
      const present = new Set(sightings.map(keyOf));
      for (const [key, subject] of memories) {
        if (present.has(key)) continue;
        const memory = look({ ...subject, ...GONE, name: nameOf(subject) });
        if (memory.alerted !== null) continue;
        deleteAlertMemory(db, subject);
        memories.delete(key);
      }
    },
  };
}

const GONE = { verdict: 'stopped', reason: 'no longer in the manifest', next: null } as const;

function writeAlert(
  { stack, host, nowMs, newId, mask }: AlertWatchDeps,
  { name, verdict, reason, next }: Sighting,
  { kind, previous }: { readonly kind: 'alert' | 'recovery'; readonly previous: Alert['previous'] },
  memory: AlertMemory,
): Alert {
  return {
    id: newId(),
    kind,
    stack,
    host,
    subject: name,
    verdict,
    reason: mask(reason),
    next,
    sinceMs: memory.sinceMs,
    atMs: nowMs(),
    previous,
    episodes: Math.max(1, memory.episodes),
    episodesSinceMs: memory.episodesSinceMs,
    earlier: [],
  };
}

const keyOf = ({ service, instance }: AlertSubject): string => `${service}/${instance}`;

function nameOf({ service, instance }: AlertSubject): string {
  return service === WHOLE_STACK || instance === '0'
    ? service === WHOLE_STACK
      ? instance
      : service
    : `${service}-${instance}`;
}

function isSame(a: AlertMemory, b: AlertMemory): boolean {
  return (Object.keys(a) as (keyof AlertMemory)[]).every((key) => a[key] === b[key]);
}
