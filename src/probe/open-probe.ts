import { assertNever } from '../core/assert-never.js';
import type { ProbeAnswer } from '../core/check-state.js';
import type { HealthCheck } from '../core/stack.js';
import { probeCommand } from './command.js';
import { probeHttp } from './http.js';
import { createLogWatch } from './log-watch.js';
import { probeTcp } from './tcp.js';

/** What a check of one process needs beyond its rule. */
export interface ProbePlace {
  readonly cwd: string;
  readonly logFile: string;
  /** The environment of the process, read anew for each command: it is large, and may hold secrets. */
  readonly readEnv: () => Readonly<Record<string, string>>;
}

/** One check of one process, ready to be asked. */
export interface OpenProbe {
  /** Answers within the check's timeout; a log is read as fast as the disk allows. Not to be called again before it has answered. */
  readonly ask: (nowMonoMs: number) => Promise<ProbeAnswer>;
  readonly close: () => Promise<void>;
}

export function openProbe({ probe, timeoutMs }: HealthCheck, place: ProbePlace): OpenProbe {
  switch (probe.kind) {
    case 'http':
      return stateless(() => probeHttp({ ...probe, timeoutMs }));
    case 'tcp':
      return stateless(() => probeTcp({ ...probe, timeoutMs }));
    case 'command':
      return stateless(() => probeCommand({ command: probe.command, cwd: place.cwd, env: place.readEnv(), timeoutMs }));
    case 'log': {
      const watch = createLogWatch({ path: place.logFile, pattern: probe.pattern, withinMs: probe.withinMs });
      return { ask: watch.look, close: watch.close };
    }
    default:
      return assertNever(probe, 'probe');
  }
}

function stateless(ask: () => Promise<ProbeAnswer>): OpenProbe {
  return { ask, close: () => Promise.resolve() };
}
