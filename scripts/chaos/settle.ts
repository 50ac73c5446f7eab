import { setTimeout as sleep } from 'node:timers/promises';
import { FEATURES } from './features.js';
import { checkExits } from './invariants/exits-on-record.js';
import { checkVerdicts } from './invariants/verdicts.js';
import type { Violation } from './invariants/violation.js';
import { uptimeMs } from './proc.js';
import { readReality } from './reality.js';
import type { World } from './world.js';

/** How long a world may take to come to rest after a step, and then to tell the truth. */
const REST_MS = 10_000;
const TRUTH_MS = 3_000;
const POLL_MS = 250;

/** Looks again and again until verdicts and records match reality; what still does not by the deadline is a violation. */
export async function settle(world: World): Promise<readonly Violation[]> {
  const startedAt = performance.now();
  for (;;) {
    // The watchdog keeps the record; without one, whoever asks for it brings it up to date first.
    if (FEATURES.recorder && readReality(world).watchdogs.length === 0) await world.sigctl(['history', '--json']);
    const violations = [...(await checkVerdicts(world)), ...(FEATURES.recorder ? checkExits(world) : [])];
    if (violations.length === 0) {
      closeLapses(world);
      return [];
    }
    if (performance.now() - startedAt > REST_MS + TRUTH_MS) return violations;
    await sleep(POLL_MS);
  }
}

/** PM2 is whole again once every service that lives is a child of the one daemon. */
function closeLapses(world: World): void {
  const { services, daemons } = readReality(world);
  const daemon = daemons[0];
  const live = [...services.values()].flat();
  if (daemon === undefined || daemon.state === 'T' || live.some(({ ppid }) => ppid !== daemon.pid)) return;
  for (const lapse of world.deeds.daemonLapses) lapse.toMs ??= uptimeMs();
}
