import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { EXIT, SigctlError } from '../errors.js';

const COMPILED = 'better_sqlite3.node';

const NOT_COMPILED = 'was not compiled when it was installed';

/** What node says, by the code of its error. */
const WHY: Readonly<Record<string, string>> = {
  MODULE_NOT_FOUND: NOT_COMPILED,
  ERR_DLOPEN_FAILED: `was compiled for another node than ${process.version}, or another machine`,
};

/**
 * The refusal where the compiled half of better-sqlite3 is not there, as npm was not allowed to run its install script, or does not fit
 * this node. `undefined` for every other error. It loads no SQLite: it stands on the path of every error.
 */
export function driverMissing(error: unknown): SigctlError | undefined {
  if (!(error instanceof Error) || !error.message.includes(COMPILED)) return undefined;
  const why = whyOf(error);
  if (why === undefined) return undefined;
  return new SigctlError(`Cannot open databases: better-sqlite3 ${why}`, {
    code: 'DATABASE_DRIVER_MISSING',
    // Not "npm rebuild": that runs no install script either, where npm is told to run none.
    hint: `${compileCommand()}, or install it again with its install scripts allowed`,
    exitCode: EXIT.environment,
    cause: error,
  });
}

/** The command that compiles it for the node that types it. */
export function compileCommand(): string {
  return `(cd '${findFolder()}' && npm run install)`;
}

/** Outside of a bundle the package searches many folders, and its error has no code. */
function whyOf(error: Error): string | undefined {
  if ('code' in error) return WHY[String(error.code)];
  return error.message.startsWith('Could not locate the bindings file') ? NOT_COMPILED : undefined;
}

function findFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  } catch {
    // Not installed at all: the command says so.
    return 'node_modules/better-sqlite3';
  }
}
