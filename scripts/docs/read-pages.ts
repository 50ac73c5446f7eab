import type { Command } from 'commander';
import { loadCommand } from '../../src/cli/command-list.js';
import { createDeps } from '../../src/cli/deps.js';
import { createRoot } from '../../src/cli/program.js';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { readTerminal } from '../../src/cli/terminal.js';

/** A row of the arguments or options of a command. */
export interface Term {
  /** `[service...]` or `-n, --lines <number>`. */
  readonly name: string;
  /** With its default, unit and choices. */
  readonly meaning: string;
}

/** What the program declares of one command. */
export interface CommandPage {
  readonly name: string;
  readonly purpose: string;
  /** `sigctl start [options] [service...]`. */
  readonly usage: string;
  readonly terms: readonly Term[];
  readonly options: readonly Term[];
  /** Lines as they are typed, each with its explanation. */
  readonly examples: readonly string[];
  /** Paragraphs, lines as they stand in the help. */
  readonly notes: readonly string[];
  /** `0 done, or already so; 1 a service failed; …`. */
  readonly exitCodes: string;
}

export interface ProgramPages {
  readonly purpose: string;
  readonly options: readonly Term[];
  readonly commands: readonly CommandPage[];
}

/** Every command as it declares itself, in the order of `sigctl --help`. */
export async function readPages(version: string): Promise<ProgramPages> {
  const deps = createDeps(readTerminal([], {}), undefined);
  const root = createRoot(version);
  const commands = [];
  for (const name of COMMAND_NAMES) {
    const command = await loadCommand(name, deps);
    root.addCommand(command.copyInheritedSettings(root));
    commands.push(command);
  }
  return { purpose: root.description(), options: optionsOf(root), commands: commands.map(readPage) };
}

function readPage(command: Command): CommandPage {
  const help = command.createHelp();
  const { examples, notes, exitCodes } = splitHelp(helpAfter(command));
  return {
    name: command.name(),
    purpose: command.description(),
    usage: help.commandUsage(command),
    terms: help.visibleArguments(command).map((argument) => ({
      name: argument.required ? `<${help.argumentTerm(argument)}>` : `[${help.argumentTerm(argument)}]`,
      meaning: help.argumentDescription(argument),
    })),
    options: optionsOf(command),
    examples,
    notes,
    exitCodes,
  };
}

function optionsOf(command: Command): readonly Term[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .map((option) => ({ name: help.optionTerm(option), meaning: help.optionDescription(option) }));
}

/** What a command adds to the end of its help. */
function helpAfter(command: Command): string {
  let written = '';
  command.configureOutput({ writeOut: (text) => (written += text) }).outputHelp();
  return written.slice(command.helpInformation().length);
}

/** @throws {Error} A command without examples or without exit codes. */
export function splitHelp(text: string): Pick<CommandPage, 'examples' | 'notes' | 'exitCodes'> {
  const found = /^\s*Examples:\n(?<examples>(?: {2}.*\n)+)(?<notes>[\s\S]*?)^Exit codes: (?<codes>[\s\S]+)/m.exec(text);
  if (found?.groups === undefined) throw new Error(`A help without examples and exit codes:\n${text}`);
  const { examples = '', notes = '', codes = '' } = found.groups;
  return {
    examples: examples
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(2)),
    notes: notes.trim() === '' ? [] : notes.replaceAll(/^\n+|\s+$/g, '').split(/\n{2,}/),
    exitCodes: codes.trim().replaceAll(/\s+/g, ' '),
  };
}
