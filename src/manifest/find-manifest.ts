import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EXIT, SigctlError } from '../errors.js';

/** In the order of preference: `.cjs` works in every package, whatever its `type`. */
const MANIFEST_NAMES = ['ecosystem.config.cjs', 'ecosystem.config.js'];

export interface ManifestSearch {
  /** Where the search begins, absolute. */
  readonly cwd: string;
  /** `--config`: this file and no other; relative to `cwd`. */
  readonly config: string | undefined;
  /** Folder of the sigctl package, whose stack a project can borrow. */
  readonly packageRoot: string;
}

/**
 * Absolute path of the manifest: `--config`, else the first `ecosystem.config.cjs` (then `.js`) from `cwd` upward.
 *
 * @throws {SigctlError} `MANIFEST_NOT_FOUND`.
 */
export function findManifest({ cwd, config, packageRoot }: ManifestSearch): string {
  if (config !== undefined) {
    const path = resolve(cwd, config);
    if (existsSync(path)) return path;
    throw notFound(`Cannot find manifest "${path}"`, packageRoot);
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = MANIFEST_NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) break;
  }
  throw notFound(`Cannot find ${MANIFEST_NAMES.join(' or ')} in "${resolve(cwd)}" or above it`, packageRoot);
}

function notFound(message: string, packageRoot: string): SigctlError {
  const shipped = JSON.stringify(join(packageRoot, 'ecosystem.config.cjs'));
  return new SigctlError(message, {
    code: 'MANIFEST_NOT_FOUND',
    hint: [
      'Make one with "sigctl init", name it with "sigctl --config <file> ...", or run the shipped stack from here:',
      `echo 'module.exports = require(${shipped})' > ecosystem.config.cjs`,
    ].join(' '),
    exitCode: EXIT.usage,
  });
}
