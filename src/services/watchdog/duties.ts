import { writeWatchdogBeat } from '../../store/watchdog-beat.js';
import type { Sighting } from './alerts/alert-watch.js';
import { createAlertsDuty } from './alerts/alerts-duty.js';
import { createCheckDuty } from './check-duty.js';
import type { WatchContext } from './context.js';
import type { Duty, LastDuty } from './duty.js';
import { createProcessEnder } from './end-process.js';
import { followDatabase } from './follow-database.js';
import { keepAnswering } from './keep-answering.js';
import { keepLogs } from './keep-logs.js';
import { createRecorder, pruneRecord } from './keep-record.js';
import { clearLeftovers } from './leftovers.js';
import { createLooks } from './looks.js';
import { keepDaemon, recover } from './recover.js';
import { createWatch, type Watched } from './watch.js';
import { createWatchDuty } from './watch-duty.js';

/** All that the watchdog does, in the order in which it is drained at the end. */
export function createDuties(context: WatchContext): readonly (Duty | LastDuty)[] {
  const ender = createProcessEnder(context);
  const looks = createLooks(context);
  const watch = createWatch(context);
  const recorder = createRecorder(context);
  return [
    { name: 'follow the stack', everyMs: FOLLOW_MS, run: context.followStack },
    followDatabase(context),
    { name: 'sign of life', everyMs: BEAT_MS, run: () => writeWatchdogBeat(context.db, context.nowMs()) },
    createWatchDuty(context, {
      watch,
      ender,
      looks,
      onLook: recorder.onLook,
      onTransition: ({ watched, from, to }) => logTransition(context, watched, from, to),
    }),
    keepDaemon(context, watch),
    keepAnswering(context),
    recover(context, watch),
    clearLeftovers(context, watch),
    createCheckDuty(context, { watch, ender, looks }),
    // Who is being looked into may be ended for it.
    { name: 'look into trouble', drain: looks.drain },
    { name: 'end processes', drain: ender.drain },
    // Drained after those that end processes: their last exits are on record too.
    recorder.duty,
    pruneRecord(context),
    keepLogs(context),
    createAlertsDuty(context, {
      sightings: () => watch.latest().map(toSighting),
      daemon: watch.daemon,
      env: context.shellEnv,
    }),
  ];
}

/** What alerts are made of. Ages are those that were watched: a clock that jumps alarms nobody. */
function toSighting({ instance: { spec, key, instance }, judgement }: Watched): Sighting {
  const { verdict, reason, next } = judgement;
  return { service: spec.name, instance, name: key, verdict, reason, next: next ?? null };
}

function logTransition({ log }: WatchContext, { instance, judgement }: Watched, from: string | undefined, to: string) {
  if (from === undefined && (to === 'healthy' || to === 'stopped')) return;
  log.info('verdict', { service: instance.key, from, to, reason: judgement.reason });
}

/** What a new manifest asks for is done within that. */
const FOLLOW_MS = 1_000;
/** What doctor calls late is several of these. */
const BEAT_MS = 5_000;
