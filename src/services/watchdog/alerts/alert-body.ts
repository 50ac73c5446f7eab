import type { Outgoing } from './channel.js';

/** Rises when a field changes its meaning or goes. */
const SCHEMA_VERSION = 1;

/** What a webhook and a command get, as documented in docs/architecture.md §9. */
export function alertBody({ alert, count, attempt, isRepeat }: Outgoing): Readonly<Record<string, unknown>> {
  return { schemaVersion: SCHEMA_VERSION, ...alert, count, attempt, repeat: isRepeat };
}
