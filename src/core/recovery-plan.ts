import { startLevels } from './graph.js';
import type { ObservedProcess } from './observed-process.js';
import type { ServiceSpec } from './stack.js';

/** One process of a service, with what recovery has to know of it. */
export interface RecoveryCandidate {
  readonly spec: Pick<
    ServiceSpec,
    'name' | 'kind' | 'after' | 'needs' | 'autorestart' | 'oneshot' | 'restart' | 'takeBackLast'
  >;
  readonly wanted: boolean;
  readonly process: ObservedProcess;
  /** It ran since the machine came up: what a boot did not bring back is not lost. */
  readonly ranThisBoot: boolean;
}

/** `orphan`: it runs and PM2 has it not. `lost`: it should run, has no process, and nobody is going to start it. */
export interface Recovery {
  readonly service: string;
  readonly what: 'orphan' | 'lost';
  readonly last: boolean;
}

/** The services that are to be brought back under PM2, dependencies first, those that go last at the end. Pure. */
export function planRecovery(candidates: readonly RecoveryCandidate[]): readonly Recovery[] {
  const found = new Map<string, Recovery>();
  for (const candidate of candidates) {
    const what = isOrphan(candidate) ? 'orphan' : mayBeLost(candidate) ? 'lost' : undefined;
    const { name, takeBackLast } = candidate.spec;
    // One orphan among the processes of a service decides: a restart brings back the lost ones too.
    if (what !== undefined && found.get(name)?.what !== 'orphan')
      found.set(name, { service: name, what, last: takeBackLast });
  }
  const specs = [...new Map(candidates.map(({ spec }) => [spec.name, spec])).values()];
  const ordered = startLevels([...found.keys()], specs)
    .flat()
    .flatMap((name) => found.get(name) ?? []);
  return [...ordered.filter(({ last }) => !last), ...ordered.filter(({ last }) => last)];
}

function isOrphan({ wanted, process }: RecoveryCandidate): boolean {
  return wanted && process.kind === 'running' && process.parent === 'none';
}

/** Whether PM2 has it must be asked besides: the app of a service that only waits for its restart is still there. */
function mayBeLost({ spec, wanted, process, ranThisBoot }: RecoveryCandidate): boolean {
  if (!wanted || !ranThisBoot || process.kind !== 'none') return false;
  if (!spec.autorestart || spec.oneshot || process.breakerOpen || process.holdback !== null) return false;
  const code = process.lastExit?.signal == null ? process.lastExit?.code : null;
  return code == null || !spec.restart.neverCodes.includes(code);
}
