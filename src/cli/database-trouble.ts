import { EXIT, SigctlError } from '../errors.js';

interface Trouble {
  readonly code: string;
  readonly words: string;
  readonly hint: string;
}

const DOCTOR = 'sigctl doctor names the database, and the command that mends it';

/** What SQLite says when the file or the machine is the matter, and not the program (sqlite.org/rescode.html). */
const TROUBLES: readonly (readonly [RegExp, Trouble])[] = [
  [
    /^SQLITE_FULL/,
    {
      code: 'DATABASE_FULL',
      words: 'no space left on the disk',
      hint: 'Make room, then run it again: sigctl doctor shows how much there is',
    },
  ],
  [
    /^SQLITE_(BUSY|LOCKED|PROTOCOL)/,
    {
      code: 'DATABASE_LOCKED',
      words: 'another process keeps it locked',
      hint: 'sigctl doctor names the process that has it open',
    },
  ],
  [/^SQLITE_(CORRUPT|NOTADB)/, { code: 'DATABASE_BROKEN', words: 'it is damaged', hint: DOCTOR }],
  [
    /^SQLITE_(IOERR|CANTOPEN|READONLY)/,
    { code: 'DATABASE_BROKEN', words: 'it cannot be read or written', hint: DOCTOR },
  ],
];

/** The refusal for an error of SQLite that came in the middle of a command's work; `undefined` for every other error. */
export function databaseTrouble(error: unknown): SigctlError | undefined {
  // By its name: this is on the path of every error, and loading SQLite for it would cost more than the command did.
  if (!(error instanceof Error) || !('code' in error) || error.name !== 'SqliteError') return undefined;
  const [, trouble] = TROUBLES.find(([pattern]) => pattern.test(String(error.code))) ?? [];
  if (trouble === undefined) return undefined;
  return new SigctlError(`Cannot go on with the status table: ${trouble.words} (${error.message})`, {
    code: trouble.code,
    hint: trouble.hint,
    exitCode: EXIT.environment,
    cause: error,
  });
}
