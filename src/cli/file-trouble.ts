import { EXIT, SigctlError } from '../errors.js';

/** What the operating system says when a file is the matter, and not the program (errno(3)). */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  EIO: 'input/output error',
};

/** The path is the matter, and neither rights nor space. */
const PATH_FAULTS = ['ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP'];

/** The refusal for an error of the file system that nobody expected; `undefined` for every other error. */
export function fileTrouble(error: unknown): SigctlError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const words = WORDS[String(error.code)];
  if (words === undefined) return undefined;
  // A write through an open descriptor, such as that of a full disk, names no path.
  const what = 'path' in error ? `use "${String(error.path)}"` : String(error.syscall);
  return new SigctlError(`Cannot ${what}: ${words}`, {
    code: 'FILE_UNUSABLE',
    hint: PATH_FAULTS.includes(String(error.code))
      ? 'Name another path, or move away what is in its way'
      : 'sigctl doctor looks at permissions and space; a stack is run by the user who owns its folder',
    exitCode: EXIT.environment,
    cause: error,
  });
}
