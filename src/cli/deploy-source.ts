import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type DeploySource, EXCLUDED } from '../core/deploy.js';
import { EXIT, SigctlError } from '../errors.js';

const MANIFEST = 'ecosystem.config.cjs';
/** The list of a large checkout. */
const MAX_LIST_BYTES = 256 * 1024 ** 2;

export interface SourceRequest {
  readonly cwd: string;
  readonly from: string | undefined;
  readonly git: string | undefined;
  /** A short id of its own, for what no commit names. */
  readonly newId: () => string;
}

/** Finds what is to be a release. @throws {SigctlError} `DEPLOY_SOURCE_INVALID` (exit 2), before any host is asked. */
export async function readDeploySource({ cwd, from, git, newId }: SourceRequest): Promise<DeploySource> {
  const folder = resolve(cwd, from ?? '.');
  if (git !== undefined) return readCommit(folder, git);
  if (!existsSync(join(folder, MANIFEST))) {
    throw invalid(
      `"${folder}" has no ${MANIFEST}`,
      'Name the folder of the manifest: sigctl deploy @prod --from <dir>',
    );
  }
  const files = listFiles(folder);
  const shortId = (files && runGit(folder, ['rev-parse', '--short', 'HEAD'])) || newId();
  return { kind: 'folder', folder, files, shortId, shown: folder };
}

function readCommit(folder: string, ref: string): DeploySource {
  const shortId = ref.startsWith('-')
    ? undefined
    : runGit(folder, ['rev-parse', '--verify', '--quiet', '--short', `${ref}^{commit}`]);
  if (!shortId)
    throw invalid(
      `git knows no commit "${ref}" in "${folder}"`,
      `Name a branch, a tag or a commit; git -C ${folder} branch --all lists the branches`,
    );
  if (runGit(folder, ['cat-file', '-e', `${shortId}:./${MANIFEST}`]) === undefined) {
    throw invalid(`commit ${shortId} has no ${MANIFEST} there`, `git add ${MANIFEST}, and commit it`);
  }
  return { kind: 'git', folder, commit: shortId, shortId, shown: `${ref} (${shortId})` };
}

/** Everything that git has or would take; `undefined`: no checkout, or no git. Deleted files are still in git's list. */
function listFiles(folder: string): readonly string[] | undefined {
  const list = runGit(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (list === undefined) return undefined;
  const files = [...new Set(list.split('\0').filter(Boolean))];
  const isShared = (file: string) => EXCLUDED.some((name) => file === name || file.startsWith(`${name}/`));
  return files.filter((file) => !isShared(file) && lstatSync(join(folder, file), { throwIfNoEntry: false }));
}

/** @returns What it printed, without the last line break; `undefined` when it failed. */
function runGit(folder: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    maxBuffer: MAX_LIST_BYTES,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.replace(/\n$/, '') : undefined;
}

function invalid(why: string, hint: string): SigctlError {
  return new SigctlError(`Cannot deploy: ${why}`, { code: 'DEPLOY_SOURCE_INVALID', hint, exitCode: EXIT.usage });
}
