import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../../core/duration.js';
import type { CheckDeps } from '../check-deps.js';
import { listFolder } from '../list-folder.js';
import { type CheckFinding, ok, warning } from '../report.js';
import { listSome } from '../words.js';

const ASK_WITHIN_MS = 2_000;
/** File systems and databases round; this is more. */
const FUTURE_MS = 5_000;

/** `unknown`: no systemd here, as in containers and on macOS. */
export type ClockSync = 'yes' | 'no' | 'unknown';

/** Something of this stack that carries a time. */
export interface Stamp {
  readonly what: string;
  readonly atMs: number;
}

/** Whether the clock is kept right by the network, and whether it was set back: then something here comes from the future. */
export async function checkClock(deps: CheckDeps): Promise<readonly CheckFinding[]> {
  return judgeClock(await readClockSync(), [...readFileStamps(deps), ...readRowStamps(deps)], deps.nowMs());
}

function readClockSync(): Promise<ClockSync> {
  const args = ['show', '-p', 'NTPSynchronized', '--value'];
  return new Promise((resolve) => {
    // No timedatectl, no systemd, or no answer in time: nothing is known, and nothing is said.
    execFile('timedatectl', args, { timeout: ASK_WITHIN_MS, killSignal: 'SIGKILL' }, (error, stdout) => {
      const answer = error === null ? stdout.trim() : '';
      resolve(answer === 'yes' || answer === 'no' ? answer : 'unknown');
    });
  });
}

function readFileStamps({ paths, show }: CheckDeps): readonly Stamp[] {
  return [paths.home, paths.run, paths.data, paths.logs].flatMap((folder) =>
    listFolder(folder).flatMap((name): readonly Stamp[] => {
      const path = join(folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      return stats?.isFile() === true ? [{ what: show(path), atMs: stats.mtimeMs }] : [];
    }),
  );
}

function readRowStamps({ facts }: CheckDeps): readonly Stamp[] {
  const state = facts.state();
  if (state.kind !== 'read') return [];
  return state.statuses.flatMap(({ service, heartbeatAtMs, progressAtMs }) => [
    { what: `heartbeat of ${service}`, atMs: heartbeatAtMs },
    ...(progressAtMs === null ? [] : [{ what: `progress of ${service}`, atMs: progressAtMs }]),
  ]);
}

/** Pure. */
export function judgeClock(sync: ClockSync, stamps: readonly Stamp[], nowMs: number): readonly CheckFinding[] {
  const future = stamps.filter(({ atMs }) => atMs - nowMs > FUTURE_MS).sort((a, b) => b.atMs - a.atMs);
  const found = [...(sync === 'no' ? [unsynced()] : []), ...(future.length > 0 ? [fromTheFuture(future, nowMs)] : [])];
  if (found.length > 0) return found;
  const source = sync === 'yes' ? 'kept by the network (NTP)' : 'whether NTP keeps it is not known here';
  return [ok(`${source}; nothing is stamped later than now`)];
}

function unsynced(): CheckFinding {
  return warning({
    code: 'CLOCK_UNSYNCED',
    evidence:
      'the clock is not kept by the network (NTPSynchronized=no): it drifts, and candles, orders and signatures carry wrong times',
    mend: 'sudo timedatectl set-ntp true',
  });
}

function fromTheFuture(stamps: readonly Stamp[], nowMs: number): CheckFinding {
  const shown = stamps.map(({ what, atMs }) => `${what} (in ${formatDuration(atMs - nowMs)})`);
  return warning({
    code: 'TIME_IN_FUTURE',
    evidence: `stamped later than now: ${listSome(shown, 3)}. The clock was set back, and ages shown until then are too small`,
    mend: 'date shows the clock of now; when it is right, sigctl restart renews what services write',
  });
}
