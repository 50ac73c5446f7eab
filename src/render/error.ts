import { Chalk } from 'chalk';
import type { SigctlError } from '../errors.js';

/** A refusal for people: what was attempted, and the next thing to do. */
export function renderError(error: Pick<SigctlError, 'message' | 'hint'>, colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  return `${paint.red('sigctl:')} ${error.message}\n${paint.dim('hint:')} ${error.hint}`;
}
