import type { PlannedCommand } from './init-plan.js';

/** Programs that take a file to run as their first argument. */
const INTERPRETER = /^(?:python|pypy)\d?(?:\.\d+)?$|^(?:node|nodejs|ruby|perl|php|bash|sh|bun|tsx|ts-node)$/;
/** Extensions for which the manifest chooses an interpreter by itself, which a file that is executed directly must not get. */
const HAS_RUNNER = /\.(?:[cm]?[jt]s|py|sh|rb|pl|php)$/;
/** Programs whose first argument says what really runs. */
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  npm: ['run', 'run-script', 'exec'],
  pnpm: ['run', 'exec'],
  yarn: ['run'],
  npx: [],
  bundle: ['exec'],
  poetry: ['run'],
  pipenv: ['run'],
  uv: ['run'],
};

/** A plain command, taken apart so that the process is the service itself: `python3 main.py --fast` runs `main.py` by `python3`. */
export function commandOfArgv(argv: readonly string[]): PlannedCommand {
  const [program = '', file, ...rest] = argv;
  if (file !== undefined && INTERPRETER.test(program) && looksLikeFile(file)) {
    const isNodes = /^node(?:js)?$/.test(program) && /\.[cm]?js$/.test(file);
    return { script: file, args: rest, ...(isNodes ? {} : { interpreter: program }) };
  }
  const args = argv.slice(1);
  const isOwnProgram = program.includes('/') && HAS_RUNNER.test(program);
  return isOwnProgram ? { script: program, args, interpreter: 'none' } : { script: program, args };
}

/** A name for a service that has none: that of the script, the module or the program. */
export function nameOfArgv(argv: readonly string[]): string {
  const [program = '', first = '', second] = argv;
  const base = baseName(program);
  if (INTERPRETER.test(base) && looksLikeFile(first)) return baseName(first).replace(/\.\w+$/, '');
  if (INTERPRETER.test(base) && first === '-m' && second !== undefined) return second.split('.').at(-1) ?? second;
  const verbs = Object.hasOwn(RUNNERS, base) ? RUNNERS[base] : undefined;
  if (verbs === undefined) return base.replace(HAS_RUNNER, '') || base;
  const rest = argv.slice(1).filter((word) => !word.startsWith('-'));
  const real = verbs.includes(rest[0] ?? '') ? rest.slice(1) : rest;
  return real.length === 0 || base === 'npm' || base === 'yarn' || base === 'pnpm'
    ? (real[0] ?? base)
    : nameOfArgv(real);
}

/** Programs that listen where `--port` says. Of others the number may as well be that of a database. */
const SERVERS = ['uvicorn', 'gunicorn', 'hypercorn', 'daphne', 'waitress-serve', 'flask', 'streamlit', 'puma', 'rails'];
const NODE_SERVERS = ['next', 'vite', 'http-server', 'serve', 'nuxt', 'astro'];

/** The port that a well-known server is told to listen on. */
export function portOfArgv(argv: readonly string[]): number | undefined {
  const isServer = argv.slice(0, 3).some((word) => [...SERVERS, ...NODE_SERVERS].includes(baseName(word)));
  if (!isServer) return undefined;
  const line = argv.join(' ');
  const typed =
    /(?:^| )(?:--(?:server\.)?port|-p)[ =](\d+)(?: |$)/.exec(line) ??
    /(?:^| )(?:--bind|-b)[ =]\S*:(\d+)(?: |$)/.exec(line);
  const port = Number(typed?.[1]);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function looksLikeFile(word: string): boolean {
  return !word.startsWith('-') && (/\.[A-Za-z]\w*$/.test(word) || word.includes('/'));
}

function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}
