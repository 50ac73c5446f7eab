import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ServiceSpec } from '../core/stack.js';
import { type HomePaths, specPath } from './home.js';

/** Keeps what a process is started from, beside its launch file and like it readable by its owner alone: it holds variables. */
export function writeRunningSpec(paths: Pick<HomePaths, 'run'>, key: string, spec: ServiceSpec): void {
  const draft = `${specPath(paths, key)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(spec), { mode: 0o600 });
  renameSync(draft, specPath(paths, key));
}

/** What the process was started from, unchecked; `undefined` when it is not on record. */
export function readRunningSpec(paths: Pick<HomePaths, 'run'>, key: string): unknown {
  try {
    return JSON.parse(readFileSync(specPath(paths, key), 'utf8'));
  } catch {
    // It was started by an older sigctl, or never: nothing is known.
    return undefined;
  }
}

export function removeRunningSpec(paths: Pick<HomePaths, 'run'>, key: string): void {
  rmSync(specPath(paths, key), { force: true });
}
