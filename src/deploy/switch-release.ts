import type { ServiceSwitch, SwitchFault, SwitchOutcome, SwitchRequest } from '../core/deploy.js';
import { faultOf, recordsOf, type SigctlRun, SwitchFailure } from './sigctl-run.js';
import { type Before, goBack, type Way } from './switch-back.js';
import type { SwitchDeps } from './switch-deps.js';

interface Journey {
  readonly from: string | undefined;
  readonly before: Before;
  readonly way: Way;
}

/**
 * Makes a release the one in force: link, services one after the other, mode, and the gate. On any fault the link goes back, and so
 * do the services that were touched.
 *
 * @throws {SwitchFailure} Before anything was touched: what runs cannot be told.
 */
export async function switchRelease(deps: SwitchDeps, request: SwitchRequest): Promise<SwitchOutcome> {
  const startedMonoMs = deps.monotonicMs();
  const { release } = request;
  const from = deps.readCurrent();
  const before = from === undefined ? { ran: [], mode: undefined } : await readBefore(deps);
  const way: Way = { touched: [], isModeChanged: false, left: [] };
  try {
    requireCalm(deps);
    deps.step(`current → ${release}`);
    deps.swap(release);
    const services = await bringUp(deps, request, { from, before, way });
    if (from !== undefined && from !== release) deps.writePrevious(from);
    return { kind: 'done', release, previous: from ?? null, services, tookMs: deps.monotonicMs() - startedMonoMs };
  } catch (error) {
    const fault: SwitchFault =
      error instanceof SwitchFailure ? error.fault : { reason: String(error), hint: null, logTail: [] };
    const isInterrupted = deps.interrupted();
    deps.step(`${fault.reason}: back to ${from ?? 'nothing'}`);
    const rollbackFault = await goBack(deps, request, { from, before, way });
    const tookMs = deps.monotonicMs() - startedMonoMs;
    return { kind: 'rolled-back', release, to: from ?? null, isInterrupted, rollbackFault, tookMs, ...fault };
  }
}

async function readBefore(deps: SwitchDeps): Promise<Before> {
  const status = await deps.run(['status', '--json']);
  if (status.exitCode !== 0) throw new SwitchFailure(faultOf(status, 'cannot read what runs'));
  const services = recordsOf(status.answer?.['services']);
  const ran = services.filter(({ wanted, pid }) => wanted === true || typeof pid === 'number');
  const mode = status.answer?.['mode'];
  return {
    ran: [...new Set(ran.map(({ service }) => String(service)))],
    mode: typeof mode === 'string' ? mode : undefined,
  };
}

async function bringUp(deps: SwitchDeps, request: SwitchRequest, journey: Journey): Promise<readonly ServiceSwitch[]> {
  const { from, before, way } = journey;
  const isFirst = from === undefined;
  const services = before.ran.length === 0 ? [] : await reloadAll(deps, way);
  way.left = before.ran.length === 0 ? [] : await stopLeft(deps, before);
  requireCalm(deps);
  if (request.mode !== undefined) {
    deps.step(`mode ${request.mode}`);
    way.isModeChanged = true;
    await must(deps, ['mode', request.mode, '--json'], `mode ${request.mode} failed`);
  } else if (isFirst) {
    deps.step('start');
    await must(deps, ['start', '--json'], 'the start failed');
  }
  requireCalm(deps);
  if (before.ran.length > 0 || request.mode !== undefined || isFirst) await gate(deps, request);
  return services;
}

async function reloadAll(deps: SwitchDeps, way: Way): Promise<readonly ServiceSwitch[]> {
  deps.step('reload, one service after the other');
  const run = await deps.run(['reload', '--or-restart', '--json']);
  const touched = recordsOf(run.answer?.['outcomes']).filter(({ kind }) => kind !== 'skipped');
  way.touched = run.exitCode === 0 ? undefined : touched.map(({ service }) => String(service));
  if (run.exitCode !== 0) throw new SwitchFailure(faultOf(run, 'the reload failed'));
  for (const { service, kind } of touched) deps.step(`${String(kind)} ${String(service)}`);
  return touched.map(({ service, kind, tookMs }) => ({
    service: String(service),
    how: String(kind),
    tookMs: typeof tookMs === 'number' ? tookMs : null,
  }));
}

/** What runs and is in the manifest no longer would never be seen again. */
async function stopLeft(deps: SwitchDeps, { ran }: Before): Promise<readonly string[]> {
  const config = await must(deps, ['config', '--json'], 'cannot read the manifest');
  const names = recordsOf(config.answer?.['services']).map(({ name }) => String(name));
  const left = ran.filter((service) => !names.includes(service));
  if (left.length === 0) return [];
  deps.step(`stop ${left.join(', ')}: no longer in the manifest`);
  await must(deps, ['stop', ...left, '--json'], `${left.join(', ')} did not stop`);
  return left;
}

/** Healthy, and still the same processes a while later: a service that dies right after its start has been healthy too. */
async function gate(deps: SwitchDeps, { gateMs, settleMs }: SwitchRequest): Promise<void> {
  deps.step('waiting until all is healthy');
  await must(deps, ['wait', '--timeout', `${gateMs}ms`, '--json'], 'not healthy in time');
  const first = await readPids(deps);
  await deps.sleep(settleMs);
  requireCalm(deps);
  await must(deps, ['wait', '--timeout', `${gateMs}ms`, '--json'], 'did not stay healthy');
  const second = await readPids(deps);
  for (const [key, pid] of first) {
    if (second.get(key) === pid) continue;
    const logTail = await readLogTail(deps, key);
    throw new SwitchFailure({ reason: `${key} ended soon after it was healthy`, hint: `sigctl why ${key}`, logTail });
  }
}

async function readPids(deps: SwitchDeps): Promise<ReadonlyMap<string, number>> {
  const status = await must(deps, ['status', '--json'], 'cannot read what runs');
  const live = recordsOf(status.answer?.['services']).flatMap(({ key, pid }) =>
    typeof pid === 'number' ? [[String(key), pid] as const] : [],
  );
  return new Map(live);
}

async function must(deps: SwitchDeps, argv: readonly string[], what: string): Promise<SigctlRun> {
  const run = await deps.run(argv);
  if (run.exitCode === 0) return run;
  throw new SwitchFailure(await withLog(deps, run, faultOf(run, what)));
}

/** A service that is not healthy has not said why in the answer; its log has. */
async function withLog(deps: SwitchDeps, run: SigctlRun, fault: SwitchFault): Promise<SwitchFault> {
  const [missing] = recordsOf(run.answer?.['missing']);
  if (missing === undefined) return fault;
  const key = String(missing['key']);
  return { ...fault, hint: `sigctl logs ${key}`, logTail: await readLogTail(deps, key) };
}

async function readLogTail(deps: SwitchDeps, key: string): Promise<readonly string[]> {
  const { stdout } = await deps.run(['logs', key, '-n', '10', '--no-prefix']);
  return stdout.split('\n').filter(Boolean).slice(-10);
}

function requireCalm(deps: SwitchDeps): void {
  if (deps.interrupted()) throw new SwitchFailure({ reason: 'interrupted', hint: null, logTail: [] });
}
