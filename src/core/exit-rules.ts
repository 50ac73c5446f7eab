import type { ObservedProcess, ProcessExit } from './observed-process.js';
import type { ServiceSpec } from './stack.js';

/** What an exit means for a service. */
export interface ExitRules {
  readonly oneshot: boolean;
  readonly successCodes: readonly number[];
  readonly neverCodes: readonly number[];
}

export function exitRulesOf({ oneshot, restart }: Pick<ServiceSpec, 'oneshot' | 'restart'>): ExitRules {
  return { oneshot, successCodes: restart.successCodes, neverCodes: restart.neverCodes };
}

/** Whether a process ended as it was meant to. A death by signal is never a success, whatever PM2 stores. */
export function isSuccess(exit: Pick<ProcessExit, 'code' | 'signal'>, { successCodes }: ExitRules): boolean {
  return exit.signal === null && exit.code !== null && successCodes.includes(exit.code);
}

/** The oneshot service did its work: it is not running because there is nothing left to do. */
export function isCompleted(process: ObservedProcess, rules: ExitRules): boolean {
  if (!rules.oneshot || process.kind !== 'none' || process.leftovers.length > 0) return false;
  return process.lastExit !== null && isSuccess(process.lastExit, rules);
}

/** The exit code is one after which nobody starts the service again but an operator. */
export function isFinal(exit: Pick<ProcessExit, 'code' | 'signal'>, { neverCodes }: ExitRules): boolean {
  return exit.signal === null && exit.code !== null && neverCodes.includes(exit.code);
}
