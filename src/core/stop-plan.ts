import type { ObservedProcess, ProcessIdentity } from './observed-process.js';

/** What `stop` does for one process of a service. */
export type StopStep =
  /** Ends the process tree: through PM2 when it is PM2's child, by signals when it is an orphan. */
  | {
      readonly kind: 'stop';
      readonly service: string;
      readonly key: string;
      readonly process: ProcessIdentity;
      readonly parent: 'pm2' | 'none';
      readonly others: readonly number[];
    }
  /** No process, but PM2 would start it again, or children of its last run still live. */
  | { readonly kind: 'forget'; readonly service: string; readonly key: string; readonly leftovers: readonly number[] }
  /** Nothing to do: stopping twice is not an error. */
  | { readonly kind: 'skip'; readonly service: string; readonly key: string };

/** Decides how to bring one process down. Pure. @param wanted The operator wanted it to run until now. */
export function planStop(service: string, key: string, process: ObservedProcess, wanted: boolean): StopStep {
  if (process.kind === 'running') {
    return {
      kind: 'stop',
      service,
      key,
      process: process.identity,
      parent: process.parent,
      others: process.duplicates,
    };
  }
  if (wanted || process.leftovers.length > 0) return { kind: 'forget', service, key, leftovers: process.leftovers };
  return { kind: 'skip', service, key };
}
