import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Deeds, isWithin } from '../deeds.js';
import { type Run, readRuns } from '../evidence.js';
import { readProc } from '../proc.js';
import { SERVICES } from '../services.js';
import type { World } from '../world.js';
import type { Violation } from './violation.js';

/** One `exit` event of the flight recorder. */
export interface ExitEvent {
  readonly service: string;
  readonly pid: number;
  /** When the process began, as the kernel counts; `null`: not on record. */
  readonly token: string | null;
  readonly code: number | null;
  readonly signal: string | null;
  readonly cause: string | null;
}

const MS_PER_TICK = 10;
/** Signals that sigctl itself ends a service with. */
const OUR_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'];
/** A process may die a moment before or after the daemon that was killed with it. */
const LAPSE_MARGIN_MS = 2_000;

/** Every run that has ended is on record once, with the code or signal that it really ended with. */
export function checkExits(world: World): readonly Violation[] {
  const events = readExitEvents(join(world.home, 'status.db'));
  return SERVICES.flatMap((service) => {
    const ended = readRuns(world.evidence, service).filter(
      ({ pid, token }) => startedAtMs(token) > world.deeds.historyFromMs && readProc(pid)?.token !== token,
    );
    const recorded = events.filter((event) => event.service === service);
    return ended.flatMap((run) => {
      const fault = exitFault(run, recorded, world.deeds);
      return fault === undefined
        ? []
        : [{ rule: 'every exit is on record', evidence: `${service} pid ${run.pid} (${run.token}): ${fault}` }];
    });
  });
}

/** What is wrong with the record of one run that has ended, in words. Pure. @param recorded Of its service. */
export function exitFault(
  run: Run,
  recorded: readonly ExitEvent[],
  deeds: Pick<Deeds, 'signals' | 'daemonLapses'>,
): string | undefined {
  // A service may be given a number again that it had before.
  const events = recorded.filter(({ pid, token }) => pid === run.pid && (token === null || token === run.token));
  const [event, ...more] = events;
  const how = run.exitCode === undefined ? 'it wrote no exit code' : `it exited with ${run.exitCode}`;
  if (event === undefined) return `its end is not on record (${how})`;
  if (more.length > 0) return `its end is on record ${events.length} times`;
  const sent = deeds.signals
    .filter(({ pid, token }) => pid === run.pid && token === run.token)
    .map(({ signal }) => signal);
  const told = `on record: code ${event.code}, signal ${event.signal}, cause ${event.cause}`;
  if (event.code === null && event.signal === null) {
    // Nobody was its parent when it ended, so that nobody could learn how.
    return livedThroughLapse(run, deeds) ? undefined : `${how}; ${told}, though PM2 lived all the while`;
  }
  if (event.signal !== null) {
    return sent.includes(event.signal) || OUR_SIGNALS.includes(event.signal)
      ? undefined
      : `${how}, was sent ${sent.join(', ') || 'nothing'}; ${told}`;
  }
  return event.code === run.exitCode ? undefined : `${how}, was sent ${sent.join(', ') || 'nothing'}; ${told}`;
}

/** A daemon that died or was stopped before this run's end may have been its parent. */
function livedThroughLapse(run: Run, { daemonLapses }: Pick<Deeds, 'daemonLapses'>): boolean {
  return (
    daemonLapses.some(({ toMs }) => (toMs ?? Number.POSITIVE_INFINITY) + LAPSE_MARGIN_MS >= startedAtMs(run.token)) ||
    isWithin(daemonLapses, startedAtMs(run.token), LAPSE_MARGIN_MS)
  );
}

const startedAtMs = (token: string): number => Number(token) * MS_PER_TICK;

function readExitEvents(file: string): readonly ExitEvent[] {
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true, timeout: 5_000 });
  try {
    return db
      .prepare(
        `SELECT service, pid, exit_code AS code, exit_signal AS signal, cause, json_extract(detail_json, '$.startToken') AS token
         FROM service_events WHERE kind = 'exit' AND pid IS NOT NULL`,
      )
      .all() as ExitEvent[];
  } finally {
    db.close();
  }
}
