import { nearest } from '../core/nearest.js';
import type { Stack } from '../core/stack.js';
import { EXIT, SigctlError } from '../errors.js';

/** The named services in manifest order, each once. @throws {SigctlError} `SERVICE_UNKNOWN` (exit 2), before anything is done. */
export function selectServices(stack: Stack, names: readonly string[]): readonly string[] {
  const known = stack.services.map((spec) => spec.name);
  for (const name of names) if (!known.includes(name)) throw unknownService(name, known);
  return known.filter((name) => names.includes(name));
}

export function unknownService(name: string, known: readonly string[]): SigctlError {
  const close = nearest(name, known);
  const guess = close === undefined ? '' : `Did you mean "${close}"? `;
  return new SigctlError(`Cannot find service "${name}"`, {
    code: 'SERVICE_UNKNOWN',
    hint: `${guess}Defined services: ${known.join(', ')}`,
    exitCode: EXIT.usage,
  });
}

export function unknownMode(mode: string, known: readonly string[]): SigctlError {
  const close = nearest(mode, known);
  const guess = close === undefined ? '' : `Did you mean "${close}"? `;
  return new SigctlError(`Cannot find mode "${mode}"`, {
    code: 'MODE_UNKNOWN',
    hint: `${guess}Defined modes: ${known.join(', ')}`,
    exitCode: EXIT.usage,
  });
}
