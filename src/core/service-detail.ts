import type { ExitStory } from './exit-story.js';
import type { ServiceReport } from './service-report.js';
import type { ServiceSpec, Stack } from './stack.js';

/** Where a process of a service leaves what it says, and its number. */
export interface ProcessFiles {
  readonly logFile: string;
  /** Of the live file and the rotated ones together; `null`: there is none yet. */
  readonly logBytes: number | null;
  readonly pidFile: string;
}

/** Everything known of one process of a service. */
export interface ProcessDetail extends ProcessFiles {
  readonly report: ServiceReport;
  /** The end of its last predecessor; `null` where the record could not be read. */
  readonly lastExit: ExitStory | null;
}

/** Everything known of one service, for people and for `status <service> --json`. */
export interface ServiceDetail {
  readonly service: string;
  /** `null`: it is in the manifest no more. */
  readonly spec: ServiceDetailSpec | null;
  readonly processes: readonly ProcessDetail[];
}

/** What the manifest says of it. No environment: values may be secrets, and `sigctl config` masks them. */
export interface ServiceDetailSpec
  extends Pick<
    ServiceSpec,
    | 'cwd'
    | 'memoryLimitBytes'
    | 'memorySoftBytes'
    | 'killTimeoutMs'
    | 'autorestart'
    | 'oneshot'
    | 'after'
    | 'needs'
    | 'ready'
    | 'restart'
    | 'singleton'
  > {
  readonly command: readonly string[];
  /** Services that need it. */
  readonly neededBy: readonly string[];
  readonly modes: readonly string[];
  /** Whether it belongs to the mode that was asked for last; `null` without one. */
  readonly isInMode: boolean | null;
}

export function detailSpec(stack: Stack, service: string, mode: string | null): ServiceDetailSpec | null {
  const spec = stack.services.find(({ name }) => name === service);
  if (spec === undefined) return null;
  const { cwd, memoryLimitBytes, memorySoftBytes, killTimeoutMs, autorestart, oneshot } = spec;
  const { after, needs, ready, restart, singleton } = spec;
  const interpreter = spec.interpreter === undefined ? [] : [spec.interpreter, ...spec.interpreterArgs];
  return {
    ...{ cwd, memoryLimitBytes, memorySoftBytes, killTimeoutMs, autorestart, oneshot },
    ...{ after, needs, ready, restart, singleton },
    command: [...interpreter, spec.script, ...spec.args],
    neededBy: stack.services.filter((other) => other.needs.includes(service)).map(({ name }) => name),
    modes: Object.keys(stack.modes).filter((name) => stack.modes[name]?.includes(service)),
    isInMode: mode === null ? null : (stack.modes[mode]?.includes(service) ?? false),
  };
}
