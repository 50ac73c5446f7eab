import type { Supervision } from '../core/recover-plan.js';
import { planRecovery, type Recovery } from '../core/recovery-plan.js';
import { findWatchdog } from '../observe/find-watchdog.js';
import { findDaemon, type ObservedInstance, observeProcesses } from '../observe/observe-processes.js';
import { type HomePaths, recordPath } from '../process/home.js';
import { readLaunchRecord } from '../process/launch-record.js';
import { readBootId } from '../process/proc-stat.js';
import { readDesired } from '../store/desired.js';
import type { OperateContext } from './context.js';
import { isDaemonAnswering } from './daemon-watch.js';

/** Looks at who keeps the services alive, and at who relies on that. Changes nothing, and takes at most two seconds of a silent PM2. */
export async function lookAtSupervision(
  context: Pick<OperateContext, 'stack' | 'paths' | 'db' | 'nowMs'>,
): Promise<Supervision> {
  const { stack, paths, db, nowMs } = context;
  const wanted = new Set(readDesired(db).flatMap(({ service, wanted }) => (wanted === 'running' ? [service] : [])));
  const seen = observeProcesses(stack, { paths, nowMs: nowMs(), explain: (service) => wanted.has(service) });
  const own = seen.filter(({ listed, spec }) => listed && wanted.has(spec.name));
  const recoveries = planRecovery(own.map((instance) => candidateOf(instance, paths)));
  const running = own.filter(({ process }) => process.kind === 'running').map(({ spec }) => spec.name);
  const found = (what: Recovery['what']) => recoveries.filter((each) => each.what === what).map((each) => each.service);
  return {
    daemon: await daemonLife(paths),
    watchdog: stack.watch.enabled ? watchdogLife(paths) : 'off',
    charges: [...new Set([...running, ...recoveries.map(({ service }) => service)])],
    orphans: found('orphan'),
    lost: found('lost'),
  };
}

async function daemonLife(paths: HomePaths): Promise<Supervision['daemon']> {
  if (findDaemon(paths) === undefined) return 'gone';
  return (await isDaemonAnswering({ paths })) ? 'answers' : 'silent';
}

function watchdogLife(paths: HomePaths): Supervision['watchdog'] {
  const watchdog = findWatchdog(paths);
  if (watchdog === undefined) return 'gone';
  return watchdog.state === 'T' || watchdog.state === 't' ? 'stopped' : 'lives';
}

/** What a boot did not bring back is not lost: it has no process of this boot. */
function candidateOf({ spec, key, process }: ObservedInstance, paths: HomePaths) {
  const record = readLaunchRecord(recordPath(paths, spec.kind, key));
  return { spec, wanted: true, process, ranThisBoot: record?.bootId === readBootId() };
}
