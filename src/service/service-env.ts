/** What the launcher tells a service about itself. Outside of sigctl all but the name is absent. */
export interface ServiceEnv {
  readonly service: string;
  readonly instance: string;
  readonly statusDb: string | undefined;
  /** State folder of the stack. */
  readonly home: string | undefined;
  /** The log file that is this process's standard output. */
  readonly log: string | undefined;
  readonly mode: string | undefined;
  readonly logLevel: string | undefined;
  /** This process is a worker of the service (`serveReloadable`): the row, leases and the banner are its primary's. */
  readonly isWorker: boolean;
}

/** Set in the workers of a service, and nowhere else: PM2's cluster apps are workers to `node:cluster` too. */
export const WORKER_VARIABLE = 'SIGCTL_WORKER';

/** Reads SIGCTL_* and LOG_LEVEL. An empty variable counts as absent. */
export function readServiceEnv(env: NodeJS.ProcessEnv, fallbackName: string): ServiceEnv {
  return {
    service: env['SIGCTL_SERVICE'] || fallbackName,
    instance: env['SIGCTL_INSTANCE'] || '0',
    statusDb: env['SIGCTL_STATUS_DB'] || undefined,
    home: env['SIGCTL_HOME'] || undefined,
    log: env['SIGCTL_LOG'] || undefined,
    mode: env['SIGCTL_MODE'] || undefined,
    logLevel: env['LOG_LEVEL'] || undefined,
    isWorker: (env[WORKER_VARIABLE] ?? '') !== '',
  };
}
