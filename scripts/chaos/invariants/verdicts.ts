import type { ServiceReport } from '../../../src/core/service-report.js';
import type { Verdict } from '../../../src/core/verdict.js';
import type { Wanted } from '../deeds.js';
import { FEATURES } from '../features.js';
import type { Proc } from '../proc.js';
import { lockHolders, type Reality, readReality } from '../reality.js';
import { SERVICES, type ServiceName } from '../services.js';
import type { World } from '../world.js';
import type { Violation } from './violation.js';

/** What is true of one service, and what it may be called. */
export interface Truth {
  readonly live: Proc | undefined;
  readonly wanted: Wanted;
  /** A child of the daemon that lives. */
  readonly supervised: boolean;
  /** Somebody else holds its lock. */
  readonly isHeld: boolean;
}

/** One look: the report of `status` beside `/proc`. Violations of a world in motion are no faults; those that stay are. */
export async function checkVerdicts(world: World): Promise<readonly Violation[]> {
  const before = readReality(world);
  const { exitCode, stdout, stderr } = await world.sigctl(['status', '--json']);
  if (exitCode !== 0) return [{ rule: 'status answers', evidence: `exit code ${exitCode}\n${stdout}${stderr}` }];
  const { services } = JSON.parse(stdout) as { services: ServiceReport[] };
  const after = readReality(world);
  return SERVICES.flatMap((service) => {
    const report = services.find(({ key }) => key === service);
    const truths = [before, after].map((reality) => truthOf(world, reality, service));
    const faults = truths.map((truth) => describeFault(service, report, truth));
    // Whatever fits one of the two looks was true when it was asked.
    return faults.some((fault) => fault === undefined)
      ? []
      : [{ rule: 'verdicts match reality', evidence: faults[1] ?? '' }];
  });
}

function truthOf(world: World, reality: Reality, service: ServiceName): Truth {
  const live = reality.services.get(service)?.[0];
  return {
    live,
    wanted: world.deeds.wanted.get(service) ?? 'maybe',
    supervised: live !== undefined && reality.daemons.some(({ pid }) => pid === live.ppid),
    isHeld: lockHolders(world, service).some(({ pid }) => pid !== live?.pid),
  };
}

function describeFault(service: ServiceName, report: ServiceReport | undefined, truth: Truth): string | undefined {
  if (report === undefined) return `${service} is not in the report`;
  const { live, wanted } = truth;
  const allowed = allowedVerdicts(truth);
  if (report.pid === (live?.pid ?? null) && allowed.includes(report.verdict)) return undefined;
  const real =
    live === undefined
      ? 'no process'
      : `pid ${live.pid}, ${truth.supervised ? 'under PM2' : 'not under PM2'}, state ${live.state}`;
  return (
    `${service}: "${report.verdict}" (${report.reason}) with pid ${report.pid}; in truth: ${real}; wanted: ${wanted}` +
    `${truth.isHeld ? '; its lock is held by another process' : ''}. Allowed: ${allowed.join(', ')}`
  );
}

/** The verdicts that may stand when nothing moves any more. */
export function allowedVerdicts(truth: Truth): readonly Verdict[] {
  if (truth.wanted !== 'maybe') return certainVerdicts(truth, truth.wanted === 'yes');
  return [
    ...certainVerdicts(truth, true),
    ...certainVerdicts(truth, false),
    ...(truth.live === undefined ? [] : cutShort),
  ];
}

/** A stop that was killed half way: the process lives, and is no longer wanted. */
const cutShort: readonly Verdict[] = ['degraded', 'orphaned'];

function certainVerdicts({ live, supervised, isHeld }: Truth, isWanted: boolean): readonly Verdict[] {
  if (live === undefined) {
    if (!isWanted) return isHeld ? ['orphaned'] : ['stopped'];
    return ['down', 'crash-loop'];
  }
  // A service that nobody wants does not run, once all is at rest.
  if (!isWanted) return [];
  if (supervised) return ['healthy', 'unhealthy'];
  // It does not stay one where it is taken back.
  return FEATURES.takeBack ? [] : ['orphaned'];
}
