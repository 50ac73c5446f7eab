import { readFileSync } from 'node:fs';

/**
 * Reads variables from the environment with which a process was started (`/proc/<pid>/environ`, proc(5)).
 *
 * @returns Those of `names` that it has; nothing when the process is gone or belongs to somebody else.
 */
export function readRunningEnv(pid: number, names: readonly string[]): Readonly<Record<string, string>> {
  return pickVariables(readEnviron(pid), names);
}

/** Takes `NAME=value` entries, each ended by a NUL, apart. Pure. */
export function pickVariables(environ: string, names: readonly string[]): Readonly<Record<string, string>> {
  const entries = environ.split('\0').map((entry) => {
    const end = entry.indexOf('=');
    return [entry.slice(0, end), entry.slice(end + 1)] as const;
  });
  return Object.fromEntries(entries.filter(([name]) => names.includes(name)));
}

function readEnviron(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // It ended this moment, or this is no Linux: sigctl then starts it with the defaults, as from an empty shell.
    return '';
  }
}
