import type { ServiceReport } from '../../../src/core/service-report.js';
import type { Verdict } from '../../../src/core/verdict.js';
import type { Wanted } from '../deeds.js';
import { type Run, readRuns } from '../evidence.js';
import { FEATURES } from '../features.js';
import { type Proc, uptimeMs } from '../proc.js';
import { lockHolders, type Reality, readReality } from '../reality.js';
import { SERVICES, type ServiceName } from '../services.js';
import type { World } from '../world.js';
import type { Violation } from './violation.js';

const MS_PER_TICK = 10;

/** What is true of one service, and what it may be called. */
export interface Truth {
  readonly live: Proc | undefined;
  readonly wanted: Wanted;
  /** A child of the daemon that lives. */
  readonly supervised: boolean;
  /** Somebody else holds its lock. */
  readonly isHeld: boolean;
}

/** One look at the stack. */
export interface Look {
  /** Verdicts that do not fit. Those of a world in motion are no faults; those that stay are. */
  readonly violations: readonly Violation[];
  /** True verdicts that must not stay, while a watchdog lives that would bring the services back. */
  readonly unrecovered: readonly Violation[];
}

/** One look: the report of `status` beside `/proc`. */
export async function lookAtVerdicts(world: World): Promise<Look> {
  const askedAtMs = uptimeMs();
  const before = readReality(world);
  const { exitCode, stdout, stderr } = await world.sigctl(['status', '--json']);
  if (exitCode !== 0) {
    const evidence = `exit code ${exitCode}\n${stdout}${stderr}`;
    return { violations: [{ rule: 'status answers', evidence }], unrecovered: [] };
  }
  const { services } = JSON.parse(stdout) as { services: ServiceReport[] };
  const after = readReality(world);
  const violations = SERVICES.flatMap((service) => {
    const report = services.find(({ key }) => key === service);
    const looks = [before, after].map((reality) => truthOf(world, reality, service));
    const truths = [...looks, ...truthsBetween(looks, runsSince(world, service, askedAtMs))];
    const faults = truths.map((truth) => describeFault(service, report, truth));
    // Whatever was true at some moment while it was asked is the truth.
    return faults.some((fault) => fault === undefined)
      ? []
      : [{ rule: 'verdicts match reality', evidence: faults[1] ?? '' }];
  });
  const isWatched = FEATURES.takeBack && after.watchdogs.length > 0;
  return { violations, unrecovered: isWatched ? services.flatMap((report) => findUnrecovered(world, report)) : [] };
}

/** What the watchdog would bring back: orphans, and wanted services without a process whose lock nobody else keeps. */
function findUnrecovered(world: World, { key, verdict, reason }: ServiceReport): readonly Violation[] {
  const service = SERVICES.find((name) => name === key);
  if (service === undefined || world.deeds.wanted.get(service) !== 'yes') return [];
  const isLost = verdict === 'down' && lockHolders(world, service).every(({ command }) => command.includes('.launch'));
  if (verdict !== 'orphaned' && !isLost) return [];
  return [{ rule: 'what is wanted comes back', evidence: `${key} stays "${verdict}" (${reason})` }];
}

/** On a busy machine a short run may begin and end between two looks; and where one process followed another, there was none for a moment. */
export function truthsBetween(looks: readonly Truth[], begun: readonly Run[]): readonly Truth[] {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined) return [];
  const changed = begun.length > 0 || first.live?.token !== last.live?.token;
  const runs = begun.map(({ pid, token }) => ({
    ...last,
    live: { pid, ppid: 0, token, state: 'S', command: '', environ: [] },
    supervised: true,
  }));
  return changed ? [{ ...last, live: undefined, supervised: false }, ...runs] : [];
}

/** Runs that began from then on, by the service's own account. */
function runsSince(world: World, service: ServiceName, sinceMs: number): readonly Run[] {
  return readRuns(world.evidence, service).filter(({ token }) => Number(token) * MS_PER_TICK >= sinceMs - MS_PER_TICK);
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
  return ['orphaned'];
}
