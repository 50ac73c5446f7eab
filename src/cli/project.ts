import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { alertVariables } from '../core/alert-variables.js';
import type { Stack } from '../core/stack.js';
import { EXIT, SigctlError } from '../errors.js';
import { findManifest } from '../manifest/find-manifest.js';
import { readStack, type StackRequest, writeSnapshot } from '../manifest/stack-snapshot.js';
import { type HomePaths, homePaths } from '../process/home.js';
import { type Env, mergeShellEnv, nextRemembered, readRemembered, writeRemembered } from '../process/shell-env.js';

/** Where this sigctl lies, and what it is. */
export interface Package {
  readonly root: string;
  readonly version: string;
}

/** The stack that a command is about. */
export interface Project {
  readonly stack: Stack;
  readonly paths: HomePaths;
  /** Nothing was ever started here: there is no state to read. */
  readonly isFresh: boolean;
  /** The manifest is broken, and this is the stack as it was last validated. */
  readonly warning: string | undefined;
  /** The shell's variables, and those that earlier commands passed to services. */
  readonly shellEnv: Env;
  /** Names of `passEnv` variables that this shell does not set and an earlier one did. */
  readonly keptEnv: readonly string[];
  /** Keeps this shell's `passEnv` variables for later commands. */
  readonly rememberEnv: () => void;
}

export interface ProjectRequest {
  readonly cwd: string;
  readonly config: string | undefined;
  readonly env: Env;
  readonly pkg: Package;
  /** Makes `.sigctl` and leaves the validated stack in it, for services that read it. */
  readonly write: boolean;
  /** Where the manifest is broken by now, the stack as it was last validated serves: for commands that look, and for `stop`. */
  readonly orLast?: boolean;
  /** Refuses before anything is written. */
  readonly check?: (stack: Stack, paths: HomePaths) => void;
  /** A release that is not in force: what is validated is not kept, as the state belongs to the one that is. */
  readonly isDraft?: boolean;
}

/** Finds and validates the manifest. @throws {SigctlError} `MANIFEST_NOT_FOUND`, `MANIFEST_INVALID` (exit 2). */
export async function openProject(wanted: ProjectRequest): Promise<Project> {
  const { cwd, config, env, pkg, write, orLast = false, isDraft = false } = wanted;
  const manifestPath = findManifest({ cwd, config, packageRoot: pkg.root });
  const home = stateFolder(env['SIGCTL_HOME'], cwd, dirname(manifestPath));
  const remembered = readRemembered(home);
  const { merged, kept } = mergeShellEnv(env, remembered);
  const request: StackRequest = {
    manifestPath,
    home,
    execPath: process.execPath,
    nodeVersion: process.versions.node,
    shellEnv: merged,
    packageRoot: pkg.root,
    sigctlVersion: pkg.version,
    isDraft,
  };
  requireFolder(home);
  const check = (found: Stack): void => wanted.check?.(found, homePaths(found.root, home));
  const { stack, warning } = await readOrLast(request, { write, orLast, check });
  const paths = homePaths(stack.root, home);
  const passed = [
    ...new Set([
      ...stack.services.flatMap((spec) => spec.passEnv),
      // The watchdog reads them from what is remembered.
      ...alertVariables(stack.watch.alerts.channels),
    ]),
  ];
  return {
    stack,
    paths,
    isFresh: !existsSync(paths.statusDb),
    shellEnv: merged,
    warning,
    keptEnv: kept.filter((name) => passed.includes(name)),
    rememberEnv: () => writeRemembered(home, nextRemembered(env, remembered, passed)),
  };
}

async function readOrLast(
  request: StackRequest,
  options: { readonly write: boolean; readonly orLast: boolean; readonly check: (stack: Stack) => void },
): Promise<{ readonly stack: Stack; readonly warning: string | undefined }> {
  try {
    const stack = await (options.write ? writeState(request, options.check) : readStack(request));
    return { stack, warning: undefined };
  } catch (error) {
    const isBroken = error instanceof SigctlError && error.code === 'MANIFEST_INVALID';
    const last = options.orLast && isBroken ? await readLast(request.home) : undefined;
    if (last === undefined || !(error instanceof SigctlError)) throw error;
    options.check(last);
    return { stack: last, warning: `note: ${error.message}\nnote: the stack is taken as it was last valid` };
  }
}

/** Loaded only where it is asked for. */
async function readLast(home: string): Promise<Stack | undefined> {
  const { readSnapshot } = await import('../manifest/read-snapshot.js');
  return readSnapshot(home);
}

async function writeState(request: StackRequest, check: (stack: Stack) => void): Promise<Stack> {
  try {
    return await writeSnapshot(request, check);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw homeUnusable(request.home, error.message, error);
    throw error;
  }
}

function requireFolder(home: string): void {
  try {
    if (statSync(home, { throwIfNoEntry: false })?.isDirectory() ?? true) return;
  } catch (error) {
    // ENOTDIR: a file where a folder above it should be; EACCES.
    throw homeUnusable(home, error instanceof Error ? error.message : String(error), error);
  }
  throw homeUnusable(home, 'it is no folder');
}

function homeUnusable(home: string, why: string, cause?: unknown): SigctlError {
  return new SigctlError(`Cannot keep the state of the stack in "${home}": ${why}`, {
    code: 'HOME_UNUSABLE',
    hint: 'Make it a folder that you may write to, or set SIGCTL_HOME to another one',
    exitCode: EXIT.environment,
    cause,
  });
}

/** `SIGCTL_HOME`, else `.sigctl` beside the manifest. */
export function stateFolder(override: string | undefined, cwd: string, root: string): string {
  return override === undefined || override === '' ? join(root, '.sigctl') : resolve(cwd, override);
}
