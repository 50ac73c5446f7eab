import { processName } from '../../core/observed-process.js';
import type { HealthCheck } from '../../core/stack.js';
import { createCheckRunner, type FailingCheck } from '../../probe/check-runner.js';
import { type OpenProbe, openProbe } from '../../probe/open-probe.js';
import { launchPath, logPath } from '../../process/home.js';
import { readLaunchEnv } from '../../process/launch-env.js';
import { writeChecks } from '../../store/checks.js';
import { checkTargets, type ServiceTarget } from './check-targets.js';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';
import type { ProcessEnder } from './end-process.js';
import type { Looks } from './looks.js';
import type { Watch } from './watch.js';

const TICK_MS = 500;
/** Whether there is anybody to ask is looked at with everything else. */
const IDLE_MS = 1_000;
/** Where commands are found, for a service whose entry sets no PATH. */
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';

export interface CheckDutyDeps {
  readonly watch: Pick<Watch, 'latest'>;
  readonly ender: Pick<ProcessEnder, 'end'>;
  readonly looks: Looks;
}

/** Asks the health checks of all services, writes down what they answer, and has those ended that are to be restarted for it. */
export function createCheckDuty(context: WatchContext, { watch, ender, looks }: CheckDutyDeps): Duty {
  const { db, paths } = context;
  const runner = createCheckRunner<ServiceTarget>({
    open: (target, check) => openCheck(context, target, check),
    record: (checks) => writeChecks(db, checks, context.nowMs()),
    random: Math.random,
  });
  /** What holds a process up is gone with it: each is looked into once before it is ended. */
  const looked = new Set<string>();
  let isAsking = false;
  const endFor = (target: ServiceTarget, reason: string): void => {
    const { key, process, spec } = target;
    const end = () => ender.end({ key, process, killTimeoutMs: spec.killTimeoutMs }, 'unhealthy', reason);
    if (looks.isUnderWay(process)) return;
    if (looked.has(processName(process))) {
      end();
      return;
    }
    looked.add(processName(process));
    looks.begin({ instance: target, process, cause: 'unhealthy', reason, cpuPercent: null }, end);
  };
  return {
    name: 'health checks',
    everyMs: () => (isAsking ? TICK_MS : IDLE_MS),
    run: () => {
      const nowMs = context.nowMs();
      const targets = checkTargets(watch.latest(), paths, nowMs);
      if (targets.length === 0 && !isAsking) return;
      // Once more without any: what was asked of those that are gone is given up.
      isAsking = targets.length > 0;
      runner.tick(targets, context.monotonicMs(), nowMs);
      for (const [target, failing] of byTarget(targets, runner.failing())) {
        const { spec } = target;
        // Without autorestart an end would be for good: then the verdict has to do.
        if (spec.health.onUnhealthy !== 'restart' || !spec.autorestart) continue;
        endFor(target, failing.map(describeFailing).join('; '));
      }
      const live = new Set(targets.map(({ process }) => processName(process)));
      for (const name of looked) if (!live.has(name)) looked.delete(name);
    },
    drain: () => runner.close(),
  };
}

function openCheck({ paths }: WatchContext, { spec, key }: ServiceTarget, check: HealthCheck): OpenProbe {
  return openProbe(check, {
    cwd: spec.cwd,
    logFile: logPath(paths, key),
    // PM2 starts the processes of a cluster itself: there is no launch file, and its entry is all that is known.
    readEnv: () =>
      spec.kind === 'cluster' ? { PATH: USUAL_PATH, ...spec.env } : readLaunchEnv(launchPath(paths, key)),
  });
}

/** Readiness alone is no reason to end anybody. */
function byTarget(
  targets: readonly ServiceTarget[],
  failing: readonly FailingCheck[],
): ReadonlyMap<ServiceTarget, readonly FailingCheck[]> {
  const grave = failing.filter(({ check }) => check.kind === 'liveness');
  return new Map(
    targets.flatMap((target) => {
      const own = grave.filter((entry) => entry.target === target);
      return own.length === 0 ? [] : [[target, own] as const];
    }),
  );
}

function describeFailing({ check, reason }: FailingCheck): string {
  const times = check.failures === 1 ? '' : ` ${check.failures} times in a row`;
  return `liveness check "${check.name}" failed${times}: ${reason}`;
}
