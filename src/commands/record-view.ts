import type { StoryProcess } from '../core/exit-story.js';
import type { ServiceEvent } from '../core/service-event.js';
import type { Stack } from '../core/stack.js';

/** Which events are asked for. What is left out does not narrow. */
export interface EventQuery {
  readonly services: readonly string[];
  readonly kinds: readonly string[];
  /** Inclusive. */
  readonly sinceMs?: number | undefined;
  /** Exclusive. */
  readonly untilMs?: number | undefined;
  /** The newest so many. */
  readonly limit: number;
}

/** The flight recorder, brought up to now. */
export interface RecordView {
  readonly stack: Stack;
  /** Every process of the stack, PM2's daemon and the watchdog included, and services that only the record still knows. */
  readonly readProcesses: () => readonly StoryProcess[];
  /** Those of a service of the manifest, or the one process of that name; none where it has no such. */
  readonly readListed: (name: string) => readonly StoryProcess[];
  /** Kinds of events on record. */
  readonly readKinds: () => readonly string[];
  /** Oldest first. */
  readonly readEvents: (query: EventQuery) => readonly ServiceEvent[];
}

/**
 * Opens the record for `work`, and closes it in any case.
 *
 * @param about The service or process that is asked about: of the others, the record may be a little behind.
 */
export type WithRecord = <T>(config: string | undefined, work: (view: RecordView) => T, about?: string) => Promise<T>;
