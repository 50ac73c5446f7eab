import type { HealthCheck } from '../../core/stack.js';
import { createCheckRunner, type FailingCheck } from '../../probe/check-runner.js';
import { type OpenProbe, openProbe } from '../../probe/open-probe.js';
import { launchPath, logPath } from '../../process/home.js';
import { readLaunchEnv } from '../../process/launch-env.js';
import { writeChecks } from '../../store/checks.js';
import { readDesired } from '../../store/desired.js';
import { readCheckTargets, type ServiceTarget } from './check-targets.js';
import type { WatchContext } from './context.js';
import { diagnose } from './diagnose.js';
import type { Duty } from './duty.js';
import type { ProcessEnder } from './end-process.js';

const TICK_MS = 500;
/** Where commands are found, for a service whose entry sets no PATH. */
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Asks the health checks of all services, writes down what they answer, and has those ended that are to be restarted for it. */
export function createCheckDuty(context: WatchContext, ender: Pick<ProcessEnder, 'end'>): Duty {
  const { db, paths } = context;
  const runner = createCheckRunner<ServiceTarget>({
    open: (target, check) => openCheck(context, target, check),
    record: (checks) => writeChecks(db, checks, context.nowMs()),
    random: Math.random,
  });
  const looks = createLooks(context);
  return {
    name: 'health checks',
    everyMs: TICK_MS,
    run: () => {
      const nowMs = context.nowMs();
      const stack = context.stack();
      const isAnyChecked = stack.services.some(({ checks }) => checks.length > 0);
      const targets = isAnyChecked ? readCheckTargets(stack, { paths, wanted: readWanted(db), nowMs }) : [];
      runner.tick(targets, context.monotonicMs(), nowMs);
      for (const [target, failing] of byTarget(targets, runner.failing())) {
        const { key, process, spec } = target;
        // Without autorestart an end would be for good: then the verdict has to do.
        if (spec.health.onUnhealthy !== 'restart' || !spec.autorestart) continue;
        const reason = failing.map(describeFailing).join('; ');
        looks.once(target, reason, () =>
          ender.end({ key, process, killTimeoutMs: spec.killTimeoutMs }, 'unhealthy', reason),
        );
      }
      looks.forgetOthers(targets);
    },
    drain: async () => {
      await Promise.all([runner.close(), looks.drain()]);
    },
  };
}

/** Looks into each process once before it is ended: what holds it up is gone with it. */
function createLooks(context: WatchContext) {
  const looked = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const nameOf = ({ process }: ServiceTarget): string => `${process.pid} ${process.startToken}`;
  return {
    once(target: ServiceTarget, reason: string, then: () => void): void {
      const name = nameOf(target);
      if (underWay.has(name)) return;
      if (looked.has(name)) {
        then();
        return;
      }
      looked.add(name);
      const { process } = target;
      const work = diagnose(context, { instance: target, process, cause: 'unhealthy', reason, cpuPercent: null })
        .catch((error: unknown) => context.log.trouble(`cannot write down what ${target.key} was doing`, error))
        .then(then)
        .finally(() => underWay.delete(name));
      underWay.set(name, work);
    },
    forgetOthers(targets: readonly ServiceTarget[]): void {
      const live = new Set(targets.map(nameOf));
      for (const name of looked) if (!live.has(name)) looked.delete(name);
    },
    drain: async (): Promise<void> => {
      await Promise.all(underWay.values());
    },
  };
}

function readWanted(db: WatchContext['db']): ReadonlySet<string> {
  return new Set(readDesired(db).flatMap((entry) => (entry.wanted === 'running' ? [entry.service] : [])));
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
