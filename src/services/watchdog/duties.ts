import { writeWatchdogBeat } from '../../store/watchdog-beat.js';
import { createAlertsDuty } from './alerts/alerts-duty.js';
import { createCheckDuty } from './check-duty.js';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';
import { createProcessEnder } from './end-process.js';
import { followDatabase } from './follow-database.js';
import { keepRecord, pruneRecord } from './keep-record.js';
import { readReports } from './read-reports.js';

/** All that the watchdog does, in the order in which it is drained at the end. */
export function createDuties(context: WatchContext): readonly Duty[] {
  const ender = createProcessEnder(context);
  return [
    { name: 'follow the stack', everyMs: TICK_MS, run: () => void context.stack() },
    followDatabase(context),
    { name: 'sign of life', everyMs: BEAT_MS, run: () => writeWatchdogBeat(context.db, context.nowMs()) },
    createCheckDuty(context, ender),
    { name: 'end processes', everyMs: TICK_MS, run: () => undefined, drain: ender.drain },
    // Drained after those that end processes: their last exits are on record too.
    keepRecord(context, TICK_MS),
    pruneRecord(context),
    createAlertsDuty(context, { reports: () => readReports(context), env: context.shellEnv }),
  ];
}

/** Twice a second: a service over its limit is noticed within that. */
const TICK_MS = 500;
/** What doctor calls late is several of these. */
const BEAT_MS = 5_000;
