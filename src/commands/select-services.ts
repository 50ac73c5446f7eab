import { nearest } from '../core/nearest.js';
import type { Stack } from '../core/stack.js';
import { EXIT, SigctlError } from '../errors.js';

/** The named services in manifest order, each once. @throws {SigctlError} `SERVICE_UNKNOWN` (exit 2), before anything is done. */
export function selectServices(stack: Stack, names: readonly string[]): readonly string[] {
  return selectNames(
    stack.services.map((spec) => spec.name),
    names,
  );
}

/** The same for any list of what is known. */
export function selectNames(known: readonly string[], names: readonly string[]): readonly string[] {
  for (const name of names) if (!known.includes(name)) throw unknownService(name, known);
  return known.filter((name) => names.includes(name));
}

export function unknownService(name: string, known: readonly string[]): SigctlError {
  return unknown('service', name, known);
}

export function unknownMode(mode: string, known: readonly string[]): SigctlError {
  return unknown('mode', mode, known);
}

function unknown(what: 'service' | 'mode', name: string, known: readonly string[]): SigctlError {
  const close = nearest(name, known);
  const guess = close === undefined ? '' : `Did you mean "${close}"? `;
  // No service of the manifest, and seen at the end of `status`.
  const watchdog = what === 'service' && name === 'watchdog' ? 'What the watchdog does: sigctl logs watchdog. ' : '';
  return new SigctlError(`Cannot find ${what} "${name}"`, {
    code: what === 'service' ? 'SERVICE_UNKNOWN' : 'MODE_UNKNOWN',
    hint: `${watchdog}${guess}Defined ${what}s: ${known.join(', ')}`,
    exitCode: EXIT.usage,
  });
}
