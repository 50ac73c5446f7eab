import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { assertNever } from '../core/assert-never.js';

/** A question that validation asked of the machine, and the answer it got. */
export interface Lookup {
  readonly kind: LookupKind;
  /** Path, or name of the variable; empty for the number of processors. */
  readonly subject: string;
  readonly answer: string;
}
export const LOOKUP_KINDS = ['file', 'command', 'content', 'variable', 'processors'] as const;
export type LookupKind = (typeof LOOKUP_KINDS)[number];

/**
 * All that validation may learn besides the manifest's own text. It remembers each answer, so that a stored result can be
 * proven current (`stillHold`) without validating again.
 */
export interface Surroundings {
  readonly isFile: (path: string) => boolean;
  /** A file that may be executed. */
  readonly isCommand: (path: string) => boolean;
  /** Content of a file as UTF-8, `undefined` when it cannot be read. */
  readonly read: (path: string) => string | undefined;
  /** A variable of the shell that typed the command. */
  readonly variable: (name: 'PATH' | 'PORT') => string | undefined;
  /** Processors that this process may use. */
  readonly cpuCount: () => number;
  readonly lookups: () => readonly Lookup[];
}

export type ShellEnv = Readonly<Record<string, string | undefined>>;

export function createSurroundings(shellEnv: ShellEnv): Surroundings {
  const asked = new Map<string, Lookup>();
  const ask = (kind: LookupKind, subject: string): string => {
    const key = `${kind} ${subject}`;
    const lookup = asked.get(key) ?? { kind, subject, answer: answer(kind, subject, shellEnv) };
    asked.set(key, lookup);
    return lookup.answer;
  };
  return {
    isFile: (path) => ask('file', path) === 'yes',
    isCommand: (path) => ask('command', path) === 'yes',
    read: (path) => (ask('content', path) === 'none' ? undefined : readText(path)),
    variable: (name) => (ask('variable', name) === 'unset' ? undefined : shellEnv[name]),
    cpuCount: () => Number(ask('processors', '')),
    lookups: () => [...asked.values()],
  };
}

/** Whether every question would be answered today as it was then. */
export function stillHold(lookups: readonly Lookup[], shellEnv: ShellEnv): boolean {
  return lookups.every(({ kind, subject, answer: then }) => answer(kind, subject, shellEnv) === then);
}

function answer(kind: LookupKind, subject: string, shellEnv: ShellEnv): string {
  switch (kind) {
    case 'file':
      return isFile(subject) ? 'yes' : 'no';
    case 'command':
      return isFile(subject) && isExecutable(subject) ? 'yes' : 'no';
    case 'content':
      return stamp(subject);
    case 'variable':
      return shellEnv[subject] === undefined ? 'unset' : `=${shellEnv[subject]}`;
    case 'processors':
      return String(availableParallelism());
    default:
      return assertNever(kind, 'lookup');
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // No permission is the answer, not a failure.
    return false;
  }
}

/** Changes whenever the content may have: an editor that replaces the file changes its inode, one that writes into it the time. */
function stamp(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : 'none';
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Unreadable and missing are one fault to whoever asks.
    return undefined;
  }
}
