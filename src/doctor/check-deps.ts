import type { Stack } from '../core/stack.js';
import type { HomePaths } from '../process/home.js';
import type { Facts } from './facts.js';

/** What became of reading the manifest. */
export type ManifestReading =
  | { readonly kind: 'valid' }
  /** Something else was in the way before it came to be read. */
  | { readonly kind: 'unread'; readonly why: string }
  | {
      readonly kind: 'faulty';
      readonly code: 'MANIFEST_NOT_FOUND' | 'MANIFEST_INVALID';
      /** All its faults, one a line. */
      readonly message: string;
      readonly hint: string;
    };

/** Versions in use, and those that sigctl was made for. */
export interface Versions {
  readonly node: string;
  /** `>=20.19`, from the package.json of sigctl. */
  readonly nodeRange: string;
  /** `undefined`: not installed. */
  readonly pm2: string | undefined;
  /** `^7.0.4` */
  readonly pm2Range: string;
}

/** All that a check may look at. Built by main(), and by hand in tests. */
export interface CheckDeps {
  readonly manifest: ManifestReading;
  /** The stack of the manifest, or the one that was last validated when the manifest is faulty; `undefined`: none is known. */
  readonly stack: Stack | undefined;
  readonly paths: HomePaths;
  readonly nowMs: () => number;
  readonly versions: Versions;
  /** Path of `flock(1)`. */
  readonly flock: string | undefined;
  /** PATH of the shell that typed the command. */
  readonly searchPath: string;
  /** A path for people and for commands that they paste: short where it can be, quoted where it must be. */
  readonly show: (path: string) => string;
  readonly facts: Facts;
}

/** What is said where no stack is known. */
export const NO_STACK = 'no usable manifest, now or earlier: no service is known';
