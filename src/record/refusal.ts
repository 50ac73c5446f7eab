import { formatLimit } from '../core/duration.js';
import type { Gate } from '../process/gate.js';
import { describeRefusal, GAVE_UP } from '../process/launcher-exit.js';

/** Why the launcher ended instead of becoming the service. */
export interface Refusal {
  /** `crash-loop`: it gave up on the service, which exited too often. */
  readonly kind: 'refused' | 'crash-loop';
  readonly reason: string;
}

/** @param gate What it left behind. @param start The command that lets the service run again. */
export function explainRefusal(code: number | null, gate: Gate | undefined, start: string): Refusal {
  if (code !== GAVE_UP)
    return { kind: 'refused', reason: `it was not started: ${describeRefusal(code) ?? `code ${code}`}` };
  if (gate?.state === 'never') {
    return { kind: 'refused', reason: `its exit code is one that is not restarted ("restart.never"); ${start} does` };
  }
  const { exits, withinMs } = gate?.breaker ?? {};
  const limit = exits === undefined ? 'too many exits' : `${exits} exits within ${formatLimit(withinMs ?? 0)}`;
  return { kind: 'crash-loop', reason: `${limit}: nobody starts it again until "${start}" does` };
}
