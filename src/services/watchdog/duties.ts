import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';
import { followDatabase } from './follow-database.js';

/** All that the watchdog does, in the order in which it is drained at the end. */
export function createDuties(context: WatchContext): readonly Duty[] {
  return [{ name: 'follow the stack', everyMs: TICK_MS, run: () => void context.stack() }, followDatabase(context)];
}

/** Twice a second: a service over its limit is noticed within that. */
const TICK_MS = 500;
