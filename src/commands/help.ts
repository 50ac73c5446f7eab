import { Command } from 'commander';
import { nearest } from '../core/nearest.js';
import { EXIT, SigctlError } from '../errors.js';
import { HELP_TOPICS } from '../render/help-topics.js';
import type { Output } from './session.js';

/** The only things `help` may touch. */
export interface HelpDeps {
  readonly out: Pick<Output, 'print'>;
}

export interface HelpOptions {
  /** A command or a topic; `undefined`: all of them in a list. */
  readonly subject: string | undefined;
  /** The program with every command. */
  readonly program: Command;
}

/** Declares `sigctl help`. Tests of parsing pass their own `run`. */
export function helpCommand(deps: HelpDeps, run = runHelp): Command {
  return new Command('help')
    .argument('[subject]', 'a command or a topic (default: the list of both)')
    .addHelpText('after', EXAMPLES)
    .action((subject: string | undefined, _flags: object, command: Command) =>
      run(deps, { subject, program: command.parent ?? command }),
    );
}

const EXAMPLES = `
Examples:
  sigctl help                      commands and topics
  sigctl help start                one command, as "sigctl start --help" does
  sigctl help exit-codes           a topic

Exit codes: 0 shown, 2 there is no such command or topic.`;

/** @throws {SigctlError} SUBJECT_UNKNOWN (exit 2). */
export function runHelp(deps: HelpDeps, { subject, program }: HelpOptions): void {
  const topic = HELP_TOPICS.find(({ name }) => name === subject);
  if (topic !== undefined) deps.out.print(topic.text);
  else findCommand(program, subject).outputHelp();
}

function findCommand(program: Command, subject: string | undefined): Command {
  if (subject === undefined) return program;
  const commands = program.createHelp().visibleCommands(program);
  const command = commands.find((candidate) => candidate.name() === subject);
  if (command === undefined) throw unknownSubject(subject, [...commands.map((known) => known.name()), ...TOPIC_NAMES]);
  return command;
}

const TOPIC_NAMES = HELP_TOPICS.map(({ name }) => name);

function unknownSubject(subject: string, known: readonly string[]): SigctlError {
  const meant = nearest(subject, known);
  return new SigctlError(`Cannot find command or topic "${subject}"`, {
    code: 'SUBJECT_UNKNOWN',
    hint: meant === undefined ? 'See all of them: sigctl help' : `Did you mean: sigctl help ${meant}`,
    exitCode: EXIT.usage,
  });
}
