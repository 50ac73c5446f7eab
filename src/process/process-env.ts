import { readFileSync } from 'node:fs';

/** Names that the launcher's shell exports by itself, and those of PM2's channel: they tell nothing of a service. */
const OF_THE_LAUNCHER = ['PWD', 'OLDPWD', 'SHLVL', '_', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'];

export function isLauncherName(name: string): boolean {
  return OF_THE_LAUNCHER.includes(name);
}

/**
 * The environment that a process was started with (proc(5), `environ`). `undefined` where it is not told: another user's process,
 * no /proc, or a program that wrote over it (setproctitle does), which its first variables show. The values may be secrets.
 */
export function readProcessEnv(pid: number): Readonly<Record<string, string>> | undefined {
  try {
    return parseEnviron(readFileSync(`/proc/${pid}/environ`, 'utf8'));
  } catch {
    // It has just ended, or is not ours to look into.
    return undefined;
  }
}

/** Reads `NAME=value` after `NAME=value`, each ended by NUL; `undefined` when sigctl's own variable is not among them. */
export function parseEnviron(text: string): Readonly<Record<string, string>> | undefined {
  const entries = text.split('\0').flatMap((entry) => {
    const equals = entry.indexOf('=');
    return equals <= 0 ? [] : [[entry.slice(0, equals), entry.slice(equals + 1)] as const];
  });
  const env = Object.fromEntries(entries);
  return Object.hasOwn(env, 'SIGCTL_SERVICE') ? env : undefined;
}
