import { RELOAD_SIGNALS, type ReloadRule } from '../core/stack.js';
import { parseText, parseTexts, parseTimeMs, parseWhole } from './parse-value.js';

// Like parse-value.ts, for values that one key of the manifest alone has.

/** The text that a variable becomes. */
export function parseVariable(value: unknown): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function parseHttpPath(value: unknown): string | undefined {
  return typeof value === 'string' && /^\/\S*$/.test(value) ? value : undefined;
}

/** `[shortest, longest]` in milliseconds. */
export function parseBackoff(value: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [min, max] = value.map(parseTimeMs);
  return min !== undefined && max !== undefined && min <= max ? [min, max] : undefined;
}

/** PM2 fetches `node@18` through nvm; sigctl does not. */
export function parseInterpreter(value: unknown): string | undefined {
  const interpreter = parseText(value);
  return interpreter?.includes('node@') ? undefined : interpreter;
}

export function parseFiles(value: unknown): readonly string[] | undefined {
  return parseTexts(typeof value === 'string' ? [value] : value);
}

export function parseExecMode(value: unknown): 'fork' | 'cluster' | undefined {
  if (value === 'fork' || value === 'fork_mode') return 'fork';
  return value === 'cluster' || value === 'cluster_mode' ? 'cluster' : undefined;
}

/** `SIGHUP`, and `HUP` as kill(1) has it. */
export function parseReloadSignal(value: unknown): ReloadRule['signal'] | undefined {
  return RELOAD_SIGNALS.find((signal) => signal === value || signal === `SIG${String(value)}`);
}

/** Zero or more. */
export function parseTally(value: unknown): number | undefined {
  const tally = parseWhole(value);
  return tally !== undefined && tally >= 0 ? tally : undefined;
}

export function parseStackName(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9._-]+$/.test(value) ? value : undefined;
}

export function parseMode(value: unknown): '*' | readonly string[] | undefined {
  return value === '*' ? '*' : parseTexts(value);
}

export function parseVariableName(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? value : undefined;
}
