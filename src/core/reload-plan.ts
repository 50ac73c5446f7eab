import type { ObservedProcess, ProcessIdentity } from './observed-process.js';
import type { ReloadRule, ServiceSpec } from './stack.js';

/** A service as a reload finds it. */
export interface ReloadCandidate {
  readonly spec: Pick<ServiceSpec, 'name' | 'kind' | 'instances' | 'reload'>;
  readonly processes: readonly { readonly key: string; readonly instance: string; readonly process: ObservedProcess }[];
  /** It runs with another manifest entry than the one of now. */
  readonly isChanged: boolean;
}

export interface ReloadProcess {
  readonly key: string;
  readonly instance: string;
  readonly process: ProcessIdentity;
}

/** How one service takes up the code of now. */
export type ReloadStep =
  /** It does so itself, at a signal. `isChanged`: its environment and arguments stay those that it was started with. */
  | ({
      readonly kind: 'signal';
      readonly service: string;
      readonly processes: readonly ReloadProcess[];
      readonly isChanged: boolean;
    } & ReloadRule)
  /** Its processes are restarted one after the other, each waited for. */
  | { readonly kind: 'one-by-one'; readonly service: string; readonly keys: readonly string[] }
  /** PM2 replaces the processes of its cluster. */
  | { readonly kind: 'pm2'; readonly service: string; readonly keys: readonly string[] }
  /** It cannot, and a restart was allowed. */
  | { readonly kind: 'restart'; readonly service: string; readonly keys: readonly string[]; readonly why: string };

export interface ReloadRefusal {
  readonly kind: 'refused';
  readonly service: string;
  readonly code: 'RELOAD_UNSUPPORTED' | 'NOT_RUNNING';
  readonly reason: string;
  /** The next command to type. */
  readonly hint: string;
}

/**
 * Decides how one service is reloaded. Pure.
 *
 * @param orRestart What cannot be reloaded is restarted instead: a service without a way to, and one whose manifest entry changed, as
 *   only a new process has the new one.
 */
export function planReload(candidate: ReloadCandidate, orRestart: boolean): ReloadStep | ReloadRefusal {
  const { spec, processes, isChanged } = candidate;
  const service = spec.name;
  const keys = processes.map(({ key }) => key);
  const live = processes.flatMap(({ key, instance, process }) =>
    process.kind === 'running' ? [{ key, instance, process: process.identity }] : [],
  );
  if (live.length < processes.length || live.length === 0) {
    const why = live.length === 0 ? 'it does not run' : `only ${live.length} of its ${keys.length} processes run`;
    if (orRestart) return { kind: 'restart', service, keys, why };
    return refuse(service, 'NOT_RUNNING', why, `sigctl start ${service}`);
  }
  if (orRestart && isChanged && live.length === 1) {
    return { kind: 'restart', service, keys, why: 'its manifest entry changed' };
  }
  if (spec.kind === 'cluster') return { kind: 'pm2', service, keys };
  if (orRestart && isChanged) return { kind: 'one-by-one', service, keys };
  if (spec.reload !== undefined) return { kind: 'signal', service, processes: live, isChanged, ...spec.reload };
  if (spec.instances > 1) return { kind: 'one-by-one', service, keys };
  if (orRestart) return { kind: 'restart', service, keys, why: 'it has no way to reload' };
  const why = 'it has one process, and its manifest entry names no signal at which that reloads itself (sigctl.reload)';
  return refuse(service, 'RELOAD_UNSUPPORTED', why, `sigctl restart ${service}`);
}

function refuse(service: string, code: ReloadRefusal['code'], reason: string, hint: string): ReloadRefusal {
  return { kind: 'refused', service, code, reason, hint };
}

/** How the reload of one service ended. */
export type ReloadOutcome =
  | {
      readonly kind: 'reloaded' | 'restarted';
      readonly service: string;
      readonly how: ReloadStep['kind'];
      readonly tookMs: number;
      /** What an operator should know besides; `null`: nothing. */
      readonly note: string | null;
    }
  | {
      readonly kind: 'failed';
      readonly service: string;
      readonly how: ReloadStep['kind'];
      /** What became of it, too: it may well serve on as before. */
      readonly reason: string;
      readonly hint: string;
      readonly logTail: readonly string[];
    }
  /** One before it failed. It is as it was. */
  | { readonly kind: 'skipped'; readonly service: string; readonly reason: string }
  /** Ctrl-C. It may still be at it. */
  | { readonly kind: 'interrupted'; readonly service: string };
