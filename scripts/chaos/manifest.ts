import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, PROGRAMS, type ServiceName } from './services.js';

const FOLDER = fileURLToPath(new URL('programs', import.meta.url));

/** Short enough that a stopped process is ended by SIGKILL within a step. */
export const KILL_TIMEOUT_MS = 3_000;

/** The longest wait between two starts of a service that keeps ending. */
export const BACKOFF_MAX_MS = 1_000;

export interface ManifestInput {
  readonly port: number;
  readonly evidence: string;
  /** Names this world in the environment of its services, so that they are found without sigctl's files. */
  readonly world: string;
  readonly watchdog: boolean;
}

/** The stack of the chaos suite: one service for each way of behaving that a supervisor meets. */
export function chaosManifest(input: ManifestInput): unknown {
  const env = { CHAOS_EVIDENCE: input.evidence, CHAOS_WORLD: input.world };
  const app = (name: ServiceName, rest: Readonly<Record<string, unknown>>) => ({
    name,
    script: join(FOLDER, PROGRAMS[name]),
    kill_timeout: KILL_TIMEOUT_MS,
    env,
    ...rest,
  });
  const backoff = ['50ms', `${BACKOFF_MAX_MS}ms`];
  return {
    apps: [
      app('kit', {
        sigctl: {
          ready: { heartbeat: true, within: '20s' },
          health: { heartbeat: '3s', progress: { name: 'line', within: '5s' } },
          restart: { backoff },
        },
      }),
      app('site', {
        env: { ...env, PORT: String(input.port) },
        sigctl: { after: ['kit'], port: input.port, ready: { http: '/health', within: '20s' }, restart: { backoff } },
      }),
      app('plain', {
        interpreter: '/usr/bin/python3',
        sigctl: { logs: { size: '1M', keep: '500M' }, restart: { backoff } },
      }),
      app('family', { sigctl: { restart: { backoff } } }),
      app('flaky', { sigctl: { restart: { backoff, breaker: { exits: 6, within: '25s' } } } }),
    ],
    // Above it no segment of a log goes because of room: what is gone then is lost.
    sigctl: { name: 'chaos', modes: MODES, watchdog: input.watchdog, disk: { free: '1M' } },
  };
}
