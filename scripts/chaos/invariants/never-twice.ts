import { readRuns } from '../evidence.js';
import type { Proc } from '../proc.js';
import { lasting, type Reality, readReality } from '../reality.js';
import { SERVICES } from '../services.js';
import type { World } from '../world.js';
import type { Violation } from './violation.js';

/** At most one process for each service, one daemon, one watchdog; and no run that began while another one lived. */
export async function checkNeverTwice(world: World): Promise<readonly Violation[]> {
  const alive = await lasting(
    () => identities(readReality(world)),
    (text) => text,
  );
  const violations: Violation[] = [];
  for (const name of [...SERVICES, 'pm2', 'watchdog']) {
    const pids = alive.filter((text) => text.startsWith(`${name} pid `));
    if (pids.length > 1)
      violations.push({
        rule: 'at most one process',
        evidence: `${name} runs ${pids.length} times: ${pids.join(', ')}`,
      });
  }
  for (const service of SERVICES) {
    for (const run of readRuns(world.evidence, service)) {
      if (run.overlaps === undefined) continue;
      violations.push({
        rule: 'runs never overlap',
        evidence: `${service}: when pid ${run.pid} (${run.token}) began, ${run.overlaps} lived`,
      });
    }
  }
  return violations;
}

function identities({ services, daemons, watchdogs }: Reality): readonly string[] {
  const named = (name: string, procs: readonly Proc[]): readonly string[] =>
    procs.map(({ pid, token, command }) => `${name} pid ${pid} (${token}: ${command})`);
  return [
    ...[...services].flatMap(([service, procs]) => named(service, procs)),
    ...named('pm2', daemons),
    ...named('watchdog', watchdogs),
  ];
}
