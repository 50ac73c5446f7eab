import { EXIT, SigctlError } from '../errors.js';

/** The file cannot be read as what it is. Code `INIT_SOURCE_BROKEN`. `why` quotes nothing of the file: it may hold secrets. */
export function sourceBroken(source: string, why: string): SigctlError {
  return new SigctlError(`Cannot read "${source}": ${why}`, {
    code: 'INIT_SOURCE_BROKEN',
    hint: 'Correct the file, or name another one: sigctl init --from <file>; nothing was written',
    exitCode: EXIT.usage,
  });
}

/** Nothing in the file becomes a service. Code `INIT_NO_SERVICE`. */
export function noService(source: string, reasons: readonly string[]): SigctlError {
  const why = reasons.length === 0 ? 'it has none' : reasons.join('; ');
  return new SigctlError(`Cannot find a service in "${source}": ${why}`, {
    code: 'INIT_NO_SERVICE',
    hint: 'Name another file: sigctl init --from <file>; nothing was written',
    exitCode: EXIT.usage,
  });
}
