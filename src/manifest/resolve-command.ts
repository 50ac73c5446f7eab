import { createRequire } from 'node:module';
import { basename, delimiter, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Surroundings } from './surroundings.js';

/** Where commands are looked for. */
export interface CommandPlaces {
  /** Folder of the manifest. */
  readonly root: string;
  /** The service's own, where PM2 looks for a relative script. */
  readonly cwd: string;
  readonly packageRoot: string;
  /** The node that runs sigctl: its path, and its version without `v`. */
  readonly execPath: string;
  readonly nodeVersion: string;
}

/** What to execute: `interpreter ...interpreterArgs script ...args`, without the front part when the script runs itself. */
export interface ResolvedCommand {
  readonly script: string;
  readonly interpreter: string | undefined;
  readonly interpreterArgs: readonly string[];
  readonly args: readonly string[];
}

/** The script has no way to run here: what was found, and what would help. */
export interface Unresolved {
  readonly found: string;
  readonly expected: string;
}

export interface CommandRequest {
  readonly script: string;
  readonly interpreter: string | undefined;
  readonly interpreterArgs: readonly string[];
  readonly args: readonly string[];
}

/**
 * Follows PM2: a file (beside the service's cwd, then the manifest), else a command of `node_modules/.bin` or PATH, else, when
 * it holds a space, a line for the shell. A file that is missing is not judged here: that is the service's failure at start.
 */
export function resolveCommand(
  request: CommandRequest,
  places: CommandPlaces,
  around: Surroundings,
): ResolvedCommand | Unresolved {
  const { script, interpreter, interpreterArgs, args } = request;
  const file = findFile(script, places, around);
  const command = file === undefined ? findCommand(script, places.root, around) : undefined;
  if (command !== undefined && interpreter === undefined)
    return { script: command, interpreter, interpreterArgs, args };
  if (file === undefined && command === undefined && /\s/.test(script) && interpreter === undefined) {
    const shell = findCommand('bash', places.root, around) ?? '/bin/sh';
    return { script: shell, interpreter: undefined, interpreterArgs, args: ['-c', script] };
  }
  const path = file ?? command ?? resolve(places.cwd, script);
  const runner = interpreter === undefined ? byExtension(path, places, around) : named(interpreter, places, around);
  if ('found' in runner) return runner;
  return {
    script: path,
    interpreter: runner.interpreter,
    interpreterArgs: [...runner.before, ...interpreterArgs],
    args,
  };
}

interface Runner {
  readonly interpreter: string | undefined;
  /** Arguments that go before the manifest's own. */
  readonly before: readonly string[];
}

/** PM2's lib/API/interpreter.json, as far as sigctl promises it. */
const RUNNERS: Readonly<Record<string, string>> = {
  '.py': 'python3',
  '.sh': 'bash',
  '.rb': 'ruby',
  '.pl': 'perl',
  '.php': 'php',
};

function byExtension(script: string, places: CommandPlaces, around: Surroundings): Runner | Unresolved {
  const extension = extname(script);
  if (['.js', '.cjs', '.mjs'].includes(extension)) return { interpreter: places.execPath, before: [] };
  if (['.ts', '.mts', '.cts'].includes(extension)) return typescriptRunner(script, places, around);
  return { interpreter: RUNNERS[extension], before: [] };
}

function named(interpreter: string, places: CommandPlaces, around: Surroundings): Runner {
  if (interpreter === 'none') return { interpreter: undefined, before: [] };
  if (interpreter === 'node') return { interpreter: places.execPath, before: [] };
  if (interpreter.includes('/')) {
    return { interpreter: findFile(interpreter, places, around) ?? resolve(places.root, interpreter), before: [] };
  }
  const local = join(places.root, 'node_modules/.bin', interpreter);
  return { interpreter: around.isCommand(local) ? local : interpreter, before: [] };
}

function typescriptRunner(script: string, places: CommandPlaces, around: Surroundings): Runner | Unresolved {
  if (stripsTypes(places.nodeVersion)) return { interpreter: places.execPath, before: [] };
  const loader = findTsx(places.root, around) ?? findTsx(places.packageRoot, around);
  if (loader !== undefined) return { interpreter: places.execPath, before: ['--import', loader] };
  return {
    found: `"${basename(script)}" under node ${places.nodeVersion}`,
    expected: 'a way to run TypeScript: "npm i -D tsx", or node 22.18 or newer',
  };
}

/** Type stripping without a flag: https://nodejs.org/api/typescript.html (22.18.0, 23.6.0). */
function stripsTypes(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  return (major === 22 && minor >= 18) || (major === 23 && minor >= 6) || major > 23;
}

/** URL of tsx's loader for `node --import`, from the folder upward. */
function findTsx(folder: string, around: Surroundings): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (around.isFile(join(at, 'node_modules/tsx/package.json'))) {
      return pathToFileURL(createRequire(join(at, 'package.json')).resolve('tsx')).href;
    }
    if (at === dirname(at)) return undefined;
  }
}

function findFile(path: string, { cwd, root }: CommandPlaces, around: Surroundings): string | undefined {
  return [resolve(cwd, path), resolve(root, path)].find(around.isFile);
}

/** A bare name as a command: the project's own before those of the machine, as `npm run` has it. */
function findCommand(name: string, root: string, around: Surroundings): string | undefined {
  if (name.includes('/')) return undefined;
  const local = join(root, 'node_modules/.bin', name);
  if (around.isCommand(local)) return local;
  const folders = (around.variable('PATH') ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find(around.isCommand);
}
