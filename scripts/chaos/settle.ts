import { setTimeout as sleep } from 'node:timers/promises';
import type { SentSignal } from './deeds.js';
import { FEATURES } from './features.js';
import { checkExits } from './invariants/exits-on-record.js';
import { lookAtVerdicts } from './invariants/verdicts.js';
import type { Violation } from './invariants/violation.js';
import { uptimeMs } from './proc.js';
import { readReality } from './reality.js';
import type { World } from './world.js';

/** How long a world may take to come to rest after a step, and then to tell the truth. */
const REST_MS = 10_000;
const TRUTH_MS = 3_000;
/** Orphans are taken back one at a time, and a service may need its kill timeout to stop; what failed is tried again after 30 s. */
const RECOVERY_MS = 75_000;
const POLL_MS = 250;

/**
 * Looks again and again until verdicts and records match reality, and what is wanted runs again. The truth may be late by a few
 * seconds at any time; what still is not told or not back by its deadline is a violation.
 */
export async function settle(world: World): Promise<readonly Violation[]> {
  const startedAt = performance.now();
  let trueAt = startedAt;
  for (;;) {
    // The watchdog keeps the record; without one, whoever asks for it brings it up to date first.
    if (FEATURES.recorder && readReality(world).watchdogs.length === 0) await world.sigctl(['history', '--json']);
    const { violations: untrue, unrecovered } = await lookAtVerdicts(world);
    const violations = [...untrue, ...(FEATURES.recorder ? checkExits(world) : [])];
    const nowAt = performance.now();
    if (violations.length === 0) trueAt = nowAt;
    if (violations.length === 0 && unrecovered.length === 0) {
      closeLapses(world);
      return [];
    }
    if (nowAt - trueAt > REST_MS + TRUTH_MS) return violations;
    if (nowAt - startedAt > RECOVERY_MS) return [...violations, ...unrecovered];
    await sleep(POLL_MS);
  }
}

/**
 * PM2 is whole again once every service that lives is a child of the one daemon. One that was told to end takes seconds for it, may
 * start services meanwhile, and leaves them behind (seed 8802).
 */
function closeLapses(world: World): void {
  const { services, daemons } = readReality(world);
  const daemon = daemons[0];
  const live = [...services.values()].flat();
  if (daemon === undefined || daemon.state === 'T' || live.some(({ ppid }) => ppid !== daemon.pid)) return;
  const isEnding = ({ pid, token, signal }: SentSignal) =>
    signal !== 'SIGSTOP' && pid === daemon.pid && token === daemon.token;
  if (world.deeds.signals.some(isEnding)) return;
  for (const lapse of world.deeds.daemonLapses) lapse.toMs ??= uptimeMs();
}
