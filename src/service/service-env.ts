/** What the launcher tells a service about itself. Outside of sigctl all but the name is absent. */
export interface ServiceEnv {
  readonly service: string;
  readonly instance: string;
  readonly statusDb: string | undefined;
  readonly mode: string | undefined;
  readonly logLevel: string | undefined;
}

/** Reads SIGCTL_* and LOG_LEVEL. An empty variable counts as absent. */
export function readServiceEnv(env: NodeJS.ProcessEnv, fallbackName: string): ServiceEnv {
  return {
    service: env['SIGCTL_SERVICE'] || fallbackName,
    instance: env['SIGCTL_INSTANCE'] || '0',
    statusDb: env['SIGCTL_STATUS_DB'] || undefined,
    mode: env['SIGCTL_MODE'] || undefined,
    logLevel: env['LOG_LEVEL'] || undefined,
  };
}
