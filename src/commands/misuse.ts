import { EXIT, SigctlError } from '../errors.js';

/** A line whose words do not go together, or that lacks one. Exit code 2. */
export function misuse(
  code: 'ARGUMENT_MISSING' | 'ARGUMENT_EXCESS' | 'OPTIONS_CONFLICT',
  message: string,
  hint: string,
): SigctlError {
  return new SigctlError(message, { code, hint, exitCode: EXIT.usage });
}
