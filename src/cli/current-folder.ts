import { throughCurrent } from '../deploy/through-current.js';
import { EXIT, SigctlError } from '../errors.js';

/** The folder that sigctl was called in; of a deployed release, by way of `current`. @throws {SigctlError} `FOLDER_GONE` (exit 2) when it was removed meanwhile. */
export function currentFolder(): string {
  try {
    return throughCurrent(process.cwd());
  } catch (cause) {
    throw new SigctlError('Cannot read the current folder: it does not exist any more', {
      code: 'FOLDER_GONE',
      hint: 'Change to the folder of the stack (cd), and try again',
      exitCode: EXIT.usage,
      cause,
    });
  }
}
