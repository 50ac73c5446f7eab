import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Variables by name, as a process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Which of a stack's `passEnv` variables come from where. */
export interface ShellEnv {
  /** The shell's environment, and below it what earlier commands brought. */
  readonly merged: Env;
  /** Names that this shell does not set and an earlier one did, sorted. */
  readonly kept: readonly string[];
}

/**
 * A variable that one shell passed to a service (`MARKET_FEED=kraken sigctl start`) stays in force for the stack until another one
 * sets it, or sets it to nothing: a restart from cron, from the page or from a second terminal must not change what a service does.
 */
export function mergeShellEnv(shell: Env, remembered: Readonly<Record<string, string>>): ShellEnv {
  const kept = Object.keys(remembered).filter((name) => shell[name] === undefined);
  return {
    merged: { ...shell, ...Object.fromEntries(kept.map((name) => [name, remembered[name]])) },
    kept: kept.sort(),
  };
}

/** What to remember after a start with this shell: its own values, else those from before; an empty one forgets. */
export function nextRemembered(
  shell: Env,
  remembered: Readonly<Record<string, string>>,
  passed: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    passed.flatMap((name) => {
      const value = shell[name] ?? remembered[name] ?? '';
      return value === '' ? [] : [[name, value] as const];
    }),
  );
}

export function readRemembered(home: string): Readonly<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(readFileSync(pathIn(home), 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    // No shell has passed anything yet, or the file was damaged: the shell of now counts alone.
    return {};
  }
}

/** Written by rename, mode 0600: the values may be secrets. Survives a power cut, as a boot needs them. */
export function writeRemembered(home: string, values: Readonly<Record<string, string>>): void {
  const path = pathIn(home);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(values), { mode: 0o600, flush: true });
  renameSync(`${path}.${process.pid}`, path);
}

function pathIn(home: string): string {
  return join(home, 'shell-env.json');
}
