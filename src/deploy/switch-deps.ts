import type { SigctlRun } from './sigctl-run.js';

/** All that a switch touches. */
export interface SwitchDeps {
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Runs a command of the sigctl that the release in force has, there. */
  readonly run: (argv: readonly string[]) => Promise<SigctlRun>;
  readonly readCurrent: () => string | undefined;
  /** Makes a release the one in force, at one instant; `undefined`: none is. */
  readonly swap: (release: string | undefined) => void;
  readonly writePrevious: (release: string) => void;
  /** For the operator, and for the log of the switch. */
  readonly step: (text: string) => void;
  readonly interrupted: () => boolean;
}
