import { exitRulesOf, isCompleted } from '../core/exit-rules.js';
import { startLevels } from '../core/graph.js';
import type { ObservedProcess, ProcessIdentity } from '../core/observed-process.js';
import { planReload, type ReloadStep } from '../core/reload-plan.js';
import type { ServiceSpec } from '../core/stack.js';
import { planStart, type StartStep } from '../core/start-plan.js';
import { planStop, type StopStep } from '../core/stop-plan.js';
import { type ObservedInstance, observeProcesses } from '../observe/observe-processes.js';
import { WATCHDOG_KEY } from '../process/home.js';
import { forgetBootServices, keepBootServices, readBootServices } from '../store/boot-services.js';
import { readDesired } from '../store/desired.js';
import { readFact, writeFact } from '../store/facts.js';
import { isAwaited, isUnready, readUnready, type UnreadyProcesses } from '../store/unready.js';
import { announceExitOf, keepRecord } from './announce.js';
import type { OperateContext } from './context.js';
import { requireDaemon } from './daemon.js';
import { interruptedBy } from './interrupted-by.js';
import { findBlocked } from './launch-service.js';
import { type RestartProcess, reloadStack } from './reload-stack.js';
import type { StartOptions } from './start-process.js';
import { startStack } from './start-stack.js';
import { stopStack } from './stop-stack.js';
import { endUnwantedWatchdog, stopWatchdog } from './watchdog.js';

/** The fact under which the mode in force is kept. */
const MODE_FACT = 'mode';

/** What one command sees and does. The caller holds the stack's lock for as long as it lives. */
export function openSession(context: OperateContext) {
  const { stack, db } = context;
  const mode = () => readFact(db, MODE_FACT);
  const observe = () => observeProcesses(stack, { paths: context.paths, nowMs: context.nowMs(), explain: () => true });
  const planStarts = (services: readonly string[], again: readonly string[] = []) =>
    makeStartSteps(context, observe(), services, again);
  const planStops = (services: readonly string[]) => makeStopSteps(context, observe(), services);
  const start = async (steps: readonly StartStep[], options: StartOptions) => {
    const outcomes = await startStack(context, steps, observe(), { mode: mode() ?? '', ...options });
    await endUnwantedWatchdog(context);
    return outcomes;
  };
  const recorded = async <T>(work: () => Promise<T>): Promise<T> => {
    const outcome = await work();
    keepRecord(context);
    return outcome;
  };
  return {
    stack,
    unlisted: observe()
      .filter(({ listed }) => !listed)
      .map(({ spec }) => spec.name),
    mode: mode(),
    changed: readChanged(context, observe()),
    planStart: planStarts,
    planStop: planStops,
    presence: () => readPresence(context, observe()),
    bootServices: () => readBootServices(db).filter((name) => stack.services.some((spec) => spec.name === name)),
    applyStart: (steps: readonly StartStep[]) => {
      forgetBootServices(db);
      return recorded(() => start(steps, { launchAnyway: false }));
    },
    applyStop: (steps: readonly StopStep[]) => {
      forgetBootServices(db);
      return recorded(() => stopStack(context, steps, observe(), { forGood: true }));
    },
    applyShutdown: (steps: readonly StopStep[]) => {
      keepBootServices(db);
      return recorded(() => stopStack(context, steps, observe(), { forGood: true }));
    },
    applyRestart: async (
      services: readonly string[],
      { watchdog, again }: { readonly watchdog: boolean; readonly again: readonly string[] },
    ) => {
      // What cannot be started again is not stopped either.
      await requireDaemon(context);
      if (watchdog) {
        announceExitOf(context, WATCHDOG_KEY);
        await stopWatchdog(context);
      }
      const blocked = findBlocked(context, chosen(observe(), services), mode() ?? '');
      const able = services.filter((service) => !blocked.some((failure) => failure.service === service));
      const resting = readCompleted(context, observe()).filter((service) => !again.includes(service));
      const ending = able.filter((service) => !resting.includes(service));
      const stopped = await stopStack(context, planStops(ending), observe(), { forGood: false });
      const stuck = new Set(stopped.filter((outcome) => outcome.kind === 'failed').map((outcome) => outcome.service));
      const steps = planStarts(
        able.filter((service) => !stuck.has(service)),
        again,
      );
      // They were running when Ctrl-C came: they are launched again, and only not waited for.
      const started = await recorded(() => start(steps, { launchAnyway: true }));
      return { stopped, started: [...blocked, ...started] };
    },
    /** In the order of dependencies. */
    planReload: (services: readonly string[], orRestart: boolean) => {
      const seen = observe();
      const changed = readChanged(context, seen);
      return startLevels(services, stack.services)
        .flat()
        .flatMap((name) => {
          const processes = seen.filter(({ spec, listed }) => listed && spec.name === name);
          const spec = processes[0]?.spec;
          if (spec === undefined) return [];
          return [planReload({ spec, processes, isChanged: changed.includes(name) }, orRestart)];
        });
    },
    applyReload: async (steps: readonly ReloadStep[], { watchdog }: { readonly watchdog: boolean }) => {
      await requireDaemon(context);
      const restart: RestartProcess = async (service, keys) => {
        const isMember = ({ key }: { readonly key: string }) => keys.includes(key);
        const blocked = findBlocked(context, observe().filter(isMember), mode() ?? '');
        if (blocked.length > 0) return { stopped: [], started: blocked };
        const stopped = await stopStack(context, planStops([service]).filter(isMember), observe(), { forGood: false });
        if (stopped.some(({ kind }) => kind === 'failed')) return { stopped, started: [] };
        const started = await start(planStarts([service], [service]).filter(isMember), { launchAnyway: true });
        return { stopped, started };
      };
      if (watchdog) {
        announceExitOf(context, WATCHDOG_KEY);
        await stopWatchdog(context);
      }
      return recorded(async () => {
        const outcomes = await reloadStack(context, steps, restart);
        // Only the watchdog is started: what is kept is kept.
        if (watchdog)
          await start(planStarts(steps.map(({ service }) => service)).filter(isKept), { launchAnyway: false });
        return outcomes;
      });
    },
    writeMode: (name: string) => writeFact(db, MODE_FACT, name),
    interruptedBy: () => interruptedBy(context.signal),
  };
}

function isKept({ kind }: StartStep): boolean {
  return kind === 'keep';
}

/** Not ready in time, or waited for by a command that was interrupted: a start looks again. */
function isUnsure(unready: UnreadyProcesses, key: string, identity: ProcessIdentity): boolean {
  return isUnready(unready, key, identity) || isAwaited(unready, key, identity);
}

function makeStartSteps(
  context: OperateContext,
  seen: readonly ObservedInstance[],
  services: readonly string[],
  again: readonly string[],
): readonly StartStep[] {
  const nowMs = context.nowMs();
  const unready = readUnready(context.db);
  const desired = new Map(readDesired(context.db).map((entry) => [entry.service, entry]));
  const candidates = chosen(seen, services).filter(({ listed }) => listed);
  return candidates.map(({ spec, key, process }) =>
    planStart({
      service: spec.name,
      key,
      process,
      runningHash: desired.get(spec.name)?.manifestHash ?? null,
      manifestHash: spec.hash,
      readyWithinMs: spec.ready.withinMs,
      completed:
        again.includes(spec.name) || desired.get(spec.name)?.wanted !== 'running' ? null : completedCode(spec, process),
      isUnready: process.kind === 'running' && isUnsure(unready, key, process.identity),
      isWatched: context.stack.watch.enabled,
      takeBackLast: spec.takeBackLast,
      nowMs,
      earlier: seen.filter(({ listed, owner }) => !listed && owner === spec.name).map((instance) => instance.key),
    }),
  );
}

function makeStopSteps(
  { db }: OperateContext,
  seen: readonly ObservedInstance[],
  services: readonly string[],
): readonly StopStep[] {
  const wanted = readWanted(db);
  return chosen(seen, services).map(({ spec, key, process }) =>
    planStop(spec.name, key, process, wanted.has(spec.name)),
  );
}

/** By name; a service's processes under an earlier manifest (`web-1`, now that there is one) go with it. */
function chosen(seen: readonly ObservedInstance[], services: readonly string[]): readonly ObservedInstance[] {
  return seen.filter(
    ({ spec, owner }) => services.includes(spec.name) || (owner !== undefined && services.includes(owner)),
  );
}

function readPresence({ db }: OperateContext, seen: readonly ObservedInstance[]) {
  const wanted = readWanted(db);
  const completed = readCompleted({ db }, seen);
  const partly = new Set(
    seen.filter(({ spec, process }) => !isLive(process) && !completed.includes(spec.name)).map(({ spec }) => spec.name),
  );
  const names = seen.map(({ spec }) => spec.name);
  const live = new Set(
    seen.filter(({ process }) => isLive(process) || hasLeftovers(process)).map(({ spec }) => spec.name),
  );
  return {
    completed: new Set(completed.filter((name) => !live.has(name))),
    running: new Set(names.filter((name) => !partly.has(name))),
    present: new Set(names.filter((name) => live.has(name) || wanted.has(name))),
    down: new Set(names.filter((name) => !live.has(name) && wanted.has(name) && !completed.includes(name))),
  };
}

/** Wanted oneshot services all of whose processes did their work or are at it. */
function readCompleted({ db }: Pick<OperateContext, 'db'>, seen: readonly ObservedInstance[]): readonly string[] {
  const wanted = readWanted(db);
  const names = seen
    .filter(({ spec, process }) => wanted.has(spec.name) && completedCode(spec, process) !== null)
    .map(({ spec }) => spec.name);
  return [...new Set(names)].filter((name) =>
    seen.every(({ spec, process }) => spec.name !== name || isLive(process) || completedCode(spec, process) !== null),
  );
}

function completedCode(spec: ServiceSpec, process: ObservedProcess): number | null {
  return process.kind === 'none' && isCompleted(process, exitRulesOf(spec)) ? (process.lastExit?.code ?? null) : null;
}

function readChanged({ db }: OperateContext, seen: readonly ObservedInstance[]): readonly string[] {
  const running = new Map(readDesired(db).map((entry) => [entry.service, entry.manifestHash]));
  const changed = seen.filter(({ spec, process, listed }) => {
    const hash = running.get(spec.name) ?? null;
    return listed && isLive(process) && hash !== null && hash !== spec.hash;
  });
  return [...new Set(changed.map(({ spec }) => spec.name))];
}

function isLive(process: ObservedProcess): boolean {
  return process.kind === 'running';
}

function hasLeftovers(process: ObservedProcess): boolean {
  return process.kind === 'none' && process.leftovers.length > 0;
}

function readWanted(db: OperateContext['db']): ReadonlySet<string> {
  return new Set(
    readDesired(db)
      .filter((entry) => entry.wanted === 'running')
      .map((entry) => entry.service),
  );
}
