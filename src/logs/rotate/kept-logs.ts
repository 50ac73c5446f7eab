import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LogPolicy, processKeys, type Stack } from '../../core/stack.js';
import { type HomePaths, logPath, WATCHDOG_KEY } from '../../process/home.js';

/** For logs that no service writes: enough for weeks of them. */
const OWN_POLICY: LogPolicy = { maxBytes: 2 * 1024 ** 2, maxAgeMs: undefined, keepBytes: 10 * 1024 ** 2, gzip: true };

/** A log that is kept from growing for ever. */
export interface KeptLog {
  /** Key of the service's process; `undefined` for PM2's own logs. */
  readonly key: string | undefined;
  readonly path: string;
  readonly policy: LogPolicy;
}

/** Every log of a stack: of its services, of the watchdog, of PM2's daemon. The exit journal is kept short by its writer. */
export function keptLogs(stack: Stack, paths: HomePaths): readonly KeptLog[] {
  const services = stack.services.flatMap((spec) =>
    processKeys(spec).map((key) => ({ key, path: logPath(paths, key), policy: spec.logs })),
  );
  const pm2Logs = join(paths.pm2, 'logs');
  const own = [join(paths.pm2, 'pm2.log'), ...logFiles(pm2Logs).map((name) => join(pm2Logs, name))];
  return [
    ...services,
    { key: WATCHDOG_KEY, path: logPath(paths, WATCHDOG_KEY), policy: OWN_POLICY },
    ...own.map((path) => ({ key: undefined, path, policy: OWN_POLICY })),
  ];
}

function logFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.log'));
  } catch {
    // No daemon has run here yet.
    return [];
  }
}
