import { Chalk } from 'chalk';
import type { SigctlError } from '../errors.js';
import { cleanText } from './clean-text.js';
import { wrapLines } from './wrap-lines.js';

/** A refusal for people: what was attempted, and the next thing to do. What was typed may hold control characters. */
export function renderError(
  error: Pick<SigctlError, 'message' | 'hint'>,
  colour: boolean,
  columns = Number.POSITIVE_INFINITY,
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const [message, hint] = [cleanText(error.message, false), cleanText(error.hint, false)];
  return wrapLines(`${paint.red('sigctl:')} ${message}\n${paint.dim('hint:')} ${hint}`, columns);
}
