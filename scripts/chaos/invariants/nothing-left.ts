import { setTimeout as sleep } from 'node:timers/promises';
import { readBelongings } from '../reality.js';
import type { World } from '../world.js';
import type { Violation } from './violation.js';

const PATIENCE_MS = 10_000;

/** After `sigctl stop` there is no service, no child of one, no daemon and no watchdog. */
export async function checkNothingLeft(world: World): Promise<readonly Violation[]> {
  const run = await world.sigctl(['stop']);
  if (run.exitCode !== 0) {
    return [{ rule: 'stop ends everything', evidence: `exit code ${run.exitCode}\n${run.stdout}${run.stderr}` }];
  }
  const startedAt = performance.now();
  for (;;) {
    const left = readBelongings(world, world.base, world.decoys.pids());
    if (left.length === 0) return [];
    if (performance.now() - startedAt > PATIENCE_MS) {
      return left.map(({ pid, command }) => ({
        rule: 'stop leaves nothing',
        evidence: `pid ${pid} lives: ${command}`,
      }));
    }
    await sleep(100);
  }
}
