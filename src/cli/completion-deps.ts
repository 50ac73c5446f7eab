import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { CompletionDeps } from '../commands/completion.js';
import { assertNever } from '../core/assert-never.js';
import { EXIT, SigctlError } from '../errors.js';
import type { InstalledCompletion } from '../render/completion.js';
import { SCRIPT_MARK, type Shell } from '../render/completion-scripts.js';
import type { Deps } from './deps.js';

type Env = Readonly<Record<string, string | undefined>>;

/** What `sigctl completion` touches. */
export function createCompletionDeps(deps: Deps, env: Env = process.env): CompletionDeps {
  const shell = env['SHELL'] ?? '';
  return {
    loginShell: shell === '' ? undefined : basename(shell),
    install: (shell, script) => install(shell, completionPath(shell, homedir(), env), script),
    out: deps.out,
  };
}

/** Where a shell looks for completions of one user. */
export function completionPath(shell: Shell, home: string, env: Env): string {
  const folder = (variable: string, otherwise: string) => absolute(env[variable]) ?? join(home, otherwise);
  switch (shell) {
    case 'bash':
      return join(folder('XDG_DATA_HOME', '.local/share'), 'bash-completion/completions/sigctl');
    case 'zsh':
      return join(home, '.zfunc/_sigctl');
    case 'fish':
      return join(folder('XDG_CONFIG_HOME', '.config'), 'fish/completions/sigctl.fish');
    default:
      return assertNever(shell, 'shell');
  }
}

/** The XDG base directory specification: a relative path is to be ignored. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') === true ? path : undefined;
}

function install(shell: Shell, path: string, script: string): InstalledCompletion {
  const found = readIfThere(path);
  if (found === script) return { shell, path, changed: false };
  if (found !== undefined && found.trim() !== '' && !found.includes(SCRIPT_MARK)) throw foreignFile(shell, path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, script);
  } catch (error) {
    throw unwritable(shell, path, error);
  }
  return { shell, path, changed: true };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there, or not readable: writing it will tell.
    return undefined;
  }
}

function foreignFile(shell: Shell, path: string): SigctlError {
  return new SigctlError(`Cannot install the completion: "${path}" was not written by sigctl`, {
    code: 'COMPLETION_FOREIGN',
    hint: `Move it away, or write elsewhere: sigctl completion ${shell} > sigctl-completion`,
    exitCode: EXIT.failed,
  });
}

function unwritable(shell: Shell, path: string, cause: unknown): SigctlError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new SigctlError(`Cannot write "${path}": ${why}`, {
    code: 'COMPLETION_UNWRITABLE',
    hint: `Write it elsewhere, and source it: sigctl completion ${shell} > sigctl-completion`,
    exitCode: EXIT.environment,
    cause,
  });
}
