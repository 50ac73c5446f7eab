import type { Stack } from '../../core/stack.js';
import { readRunningEnv } from './running-env.js';
import type { SiteSnapshot } from './site-snapshot.js';

/** Variables that a running service got from the shell of whoever started it (`passEnv`); none when it does not run. */
export function readPassedOn(
  service: string,
  stack: Stack | undefined,
  { services }: SiteSnapshot,
): Readonly<Record<string, string>> {
  const names = stack?.services.find((spec) => spec.name === service)?.passEnv ?? [];
  const reports = services.kind === 'read' ? services.value : [];
  const pid = reports.find((report) => report.service === service && report.pid !== null)?.pid;
  return pid == null ? {} : readRunningEnv(pid, names);
}
