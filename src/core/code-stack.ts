import { isRecord } from './is-record.js';

/** Where a function was, innermost first in a stack. Lines and columns begin at 1. */
export interface CodeFrame {
  /** `(anonymous)` where it has no name. */
  readonly function: string;
  /** Below the project's folder relative to it; else absolute, or a name of node's own (`node:internal/timers`). */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where a node process's code was, or why nobody knows. */
export type CodeAnswer =
  | { readonly frames: readonly CodeFrame[]; readonly heapUsedBytes: number | null }
  | { readonly missing: string };

const MAX_FILE_CHARS = 300;

/** The file of a script by the address that V8 knows it under. @param root Absolute folder of the project. */
export function scriptFile(url: string, root: string): string {
  const path = url.startsWith('file://') ? decode(url) : url;
  const base = root.endsWith('/') ? root : `${root}/`;
  const file = path.startsWith(base) ? path.slice(base.length) : path;
  if (file === '') return '(unnamed code)';
  return file.length <= MAX_FILE_CHARS ? file : `${file.slice(0, MAX_FILE_CHARS - 1)}…`;
}

function decode(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    // Not what V8 writes: better than nothing as it is.
    return url;
  }
}

/** Frames that a line has room for. */
const SHOWN = 3;

/**
 * `busyLoop (trade.mjs:12:5) ← onTick (trade.mjs:20:3)`: the innermost frames of a snapshot's stack, without those by which node
 * itself called the code. `undefined` where the snapshot has none.
 */
export function describeStack(detail: Readonly<Record<string, unknown>> | null): string | undefined {
  const stack = detail?.['stack'];
  const frames = Array.isArray(stack) ? stack.filter(isFrame) : [];
  const own = frames.filter(({ file }) => !file.startsWith('node:internal/'));
  const told = own.length === 0 ? frames : own;
  if (told.length === 0) return undefined;
  const words = told.slice(0, SHOWN).map((frame) => `${frame.function} (${frame.file}:${frame.line}:${frame.column})`);
  return [...words, ...(told.length > SHOWN ? ['…'] : [])].join(' ← ');
}

function isFrame(value: unknown): value is CodeFrame {
  return (
    isRecord(value) &&
    typeof value['function'] === 'string' &&
    typeof value['file'] === 'string' &&
    typeof value['line'] === 'number' &&
    typeof value['column'] === 'number'
  );
}

/** In words: where its code was, else why nobody knows and what the kernel tells of it. `undefined`: nobody had to ask. */
export function describeStuck(detail: Readonly<Record<string, unknown>> | null): string | undefined {
  const stack = describeStack(detail);
  if (stack !== undefined) return `in ${stack}`;
  const missing = detail?.['stackMissing'];
  if (typeof missing !== 'string') return undefined;
  const state = detail?.['processState'];
  const waitsIn = detail?.['waitsIn'];
  const kernel = [
    ...(typeof state === 'string' ? [`process state ${state}`] : []),
    ...(typeof waitsIn === 'string' ? [`waits in ${waitsIn}`] : []),
  ];
  return [`somewhere that its stack does not tell: ${missing}`, ...kernel].join(', ');
}
