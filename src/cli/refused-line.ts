import type { Command, CommanderError } from 'commander';

/** Commander gave up on the line, or showed help or the version; with the command it was at, which its own error does not tell. */
export class RefusedLine extends Error {
  override readonly name = 'RefusedLine';
  readonly refusal: CommanderError;
  readonly command: Command;

  constructor(refusal: CommanderError, command: Command) {
    super(refusal.message, { cause: refusal });
    this.refusal = refusal;
    this.command = command;
  }
}

/** Makes commander throw `RefusedLine` for this command, and print nothing about errors by itself. */
export function refuseQuietly(command: Command): Command {
  return command
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError(false)
    .exitOverride((refusal) => {
      throw new RefusedLine(refusal, command);
    });
}
