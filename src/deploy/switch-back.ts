import type { SwitchRequest } from '../core/deploy.js';
import { faultOf, recordsOf } from './sigctl-run.js';
import type { SwitchDeps } from './switch-deps.js';

/** What ran before the switch, and in which mode. */
export interface Before {
  readonly ran: readonly string[];
  readonly mode: string | undefined;
}

/** How far the new release got. */
export interface Way {
  /** Services that were reloaded or restarted, or were tried; `undefined`: all that ran. */
  touched: readonly string[] | undefined;
  isModeChanged: boolean;
  /** Stopped, because the new manifest no longer has them. */
  left: readonly string[];
}

type Attempt = (argv: readonly string[], what: string) => Promise<void>;

/** Puts the former release in force again, with the services that ran. @returns Why that did not end well; `null`: all is as it was. */
export async function goBack(
  deps: SwitchDeps,
  { gateMs }: SwitchRequest,
  { from, before, way }: { readonly from: string | undefined; readonly before: Before; readonly way: Way },
): Promise<string | null> {
  const faults: string[] = [];
  const attempt: Attempt = async (argv, what) => {
    const run = await deps.run([...argv, '--json']);
    if (run.exitCode !== 0) faults.push(faultOf(run, what).reason);
  };
  if (from === undefined) {
    // By the release that failed: there is no other.
    if (deps.readCurrent() !== undefined) await attempt(['stop'], 'the services of the failed release did not stop');
    deps.swap(undefined);
    return faults[0] ?? null;
  }
  deps.swap(from);
  const back = way.touched?.filter((service) => before.ran.includes(service));
  if (back === undefined || back.length > 0) {
    await attempt(['reload', '--or-restart', ...(back ?? [])], 'the reload of the former release failed');
  }
  if (way.isModeChanged) await modeBack(deps, before, attempt);
  if (way.left.length > 0) await attempt(['start', ...way.left, '--only'], 'what was stopped did not start');
  if (before.ran.length > 0) await attempt(['wait', '--timeout', `${gateMs}ms`], 'the former release is not healthy');
  return faults.length === 0 ? null : faults.join('; ');
}

/** What ran is what ran, also where it was not what a mode names. */
async function modeBack(deps: SwitchDeps, { ran, mode }: Before, attempt: Attempt): Promise<void> {
  if (mode !== undefined) await attempt(['mode', mode], `mode ${mode} failed`);
  const now = recordsOf((await deps.run(['status', '--json'])).answer?.['services']);
  const running = now.filter(({ wanted }) => wanted === true).map(({ service }) => String(service));
  const extra = running.filter((service) => !ran.includes(service));
  const missing = ran.filter((service) => !running.includes(service));
  if (extra.length > 0) await attempt(['stop', ...extra], `${extra.join(', ')} did not stop`);
  if (missing.length > 0) await attempt(['start', ...missing, '--only'], `${missing.join(', ')} did not start`);
}
