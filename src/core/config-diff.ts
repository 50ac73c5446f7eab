import { type SpecLine, specLines } from './spec-lines.js';
import type { ServiceSpec } from './stack.js';

/** One setting that differs between what runs and the manifest; `null`: absent there. Secrets are masked. */
export interface Difference {
  readonly key: string;
  readonly running: string | null;
  readonly manifest: string | null;
  readonly needsRestart: boolean;
}

/** A service whose running process was made from other settings than the manifest's of now. */
export type ServiceDiff =
  | { readonly kind: 'changed'; readonly service: string; readonly differences: readonly Difference[] }
  /** It runs, and what it was started from is not on record. */
  | { readonly kind: 'unknown'; readonly service: string }
  /** It runs, and the manifest no longer names it. */
  | { readonly kind: 'gone'; readonly service: string };

/** What of one service differs. Pure. @param running What its process was started from. */
export function diffSpecs(running: ServiceSpec, manifest: ServiceSpec): readonly Difference[] {
  const before = byKey(specLines(running));
  const after = byKey(specLines(manifest));
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key) => {
    const was = before.get(key);
    const is = after.get(key);
    if (was?.exact === is?.exact) return [];
    return [
      {
        key,
        running: was?.shown ?? null,
        manifest: is?.shown ?? null,
        needsRestart: (was ?? is)?.needsRestart ?? false,
      },
    ];
  });
}

function byKey(lines: readonly SpecLine[]): ReadonlyMap<string, SpecLine> {
  return new Map(lines.map((line) => [line.key, line]));
}
