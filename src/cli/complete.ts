import { homedir } from 'node:os';
import type { Command, Option } from 'commander';
import { assertNever } from '../core/assert-never.js';
import { processKeys, type Stack } from '../core/stack.js';
import { WATCHDOG_KEY } from '../process/home.js';
import { hostsPath, readHosts } from '../remote/hosts-file.js';
import { HELP_TOPICS } from '../render/help-topics.js';
import { commandOf, configOf } from './argv.js';
import { loadCommand } from './command-list.js';
import { findHostPart } from './complete-host.js';
import { findPosition, type Position } from './complete-position.js';
import { createDeps, type Deps } from './deps.js';
import { createRoot } from './program.js';
import { COMMAND_NAMES, isCommandName, PURPOSES } from './purposes.js';
import type { Terminal } from './terminal.js';

interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** For what the shell completes best by itself. No candidate begins with a colon. */
const FILES: Candidate = { value: ':files', description: '' };
const FOLDERS: Candidate = { value: ':folders', description: '' };

/**
 * Prints what the word under the cursor can become, a line `candidate<TAB>description` for each; the line `:files` or `:folders`
 * leaves it to the shell. Never fails: whatever goes wrong, there are no candidates.
 *
 * @param words What was typed after `sigctl`, the word under the cursor last.
 */
export async function printCandidates(terminal: Terminal, words: readonly string[]): Promise<void> {
  try {
    const candidates = await findCandidates(createDeps(terminal, undefined), words);
    terminal.writeOut(candidates.map(({ value, description }) => `${value}\t${description}\n`).join(''));
  } catch {
    // A message in the middle of a line that is being typed would only disturb.
  }
}

async function findCandidates(deps: Deps, typed: readonly string[]): Promise<readonly Candidate[]> {
  const part = findHostPart(typed);
  if (part.kind === 'name') return listHosts('@').filter(({ value }) => value.startsWith(part.start));
  // What is run over there is most likely what the manifest here names too.
  const { words } = part;
  const name = commandOf(words.slice(0, -1));
  const command = name !== undefined && isCommandName(name) ? await loadCommand(name, deps) : undefined;
  const options = optionsFor(command, createRoot(deps.version));
  const position = findPosition(words, command, options);
  const readStack = async () => (await deps.openProject(expandHome(configOf(words)))).stack;
  return matching(position, await possible(position, { deps, command, options, readStack }));
}

interface Sources {
  readonly deps: Deps;
  readonly command: Command | undefined;
  readonly options: readonly Option[];
  readonly readStack: () => Promise<Stack>;
}

async function possible(position: Position, sources: Sources): Promise<readonly Candidate[]> {
  switch (position.kind) {
    case 'command':
      return listCommands(position.start);
    case 'option':
      return sources.options.flatMap(({ long, description }) =>
        long && !position.used.includes(long) ? [{ value: long, description }] : [],
      );
    case 'value': {
      const { argChoices, flags, long } = position.option;
      if (long === '--host') return listHosts('');
      return named({ name: /<(.*)>/.exec(flags)?.[1] ?? '', choices: argChoices, start: position.start }, sources);
    }
    case 'argument': {
      const { argument, start, given } = position;
      const isHost = sources.command?.name() === 'host' && argument.name() === 'name';
      if (isHost) return given[0] === 'remove' ? listHosts('') : [];
      const all = await named({ name: argument.name(), choices: argument.argChoices, start }, sources);
      return all.filter(({ value }) => !given.includes(value));
    }
    case 'nothing':
      return [];
    default:
      return assertNever(position, 'position');
  }
}

/** By the name that a help text gives to an argument or to the value of an option. */
async function named(
  { name, choices, start }: { name: string; choices: readonly string[] | undefined; start: string },
  { command, readStack }: Sources,
): Promise<readonly Candidate[]> {
  if (choices !== undefined) return choices.map((value) => ({ value, description: '' }));
  switch (name) {
    case 'service':
      return [
        ...listServices(await readStack(), ['logs', 'why', 'env'].includes(command?.name() ?? '')),
        ...(command?.name() === 'logs' ? [{ value: WATCHDOG_KEY, description: 'of sigctl itself' }] : []),
      ];
    case 'mode':
      return Object.entries((await readStack()).modes).map(([value, members]) => ({
        value,
        description: members.join(', '),
      }));
    case 'subject':
      return [...listCommands(start), ...HELP_TOPICS.map(({ name: value, description }) => ({ value, description }))];
    case 'file':
    case 'path':
      return [FILES];
    case 'backup':
    case 'dir':
    case 'folder':
      return [FOLDERS];
    default:
      return [];
  }
}

function listCommands(start: string): readonly Candidate[] {
  const names = COMMAND_NAMES.filter((name) => name.startsWith(start));
  return names.map((value) => ({ value, description: PURPOSES[value] }));
}

/** Services, and the single processes of those that have several. */
function listServices({ services, modes }: Stack, withProcesses: boolean): readonly Candidate[] {
  return services.flatMap((spec) => {
    const homes = Object.keys(modes).filter((mode) => modes[mode]?.includes(spec.name));
    const description = `in ${homes.join(', ')}`;
    const keys = withProcesses ? processKeys(spec).filter((key) => key !== spec.name) : [];
    return [
      { value: spec.name, description },
      ...keys.map((value) => ({ value, description: `a process of ${spec.name}` })),
    ];
  });
}

/** The short names of `sigctl host list`, each with its address. */
function listHosts(prefix: string): readonly Candidate[] {
  const hosts = readHosts(hostsPath(process.env, homedir()));
  return Object.keys(hosts)
    .sort()
    .map((name) => ({ value: `${prefix}${name}`, description: hosts[name] ?? '' }));
}

function optionsFor(command: Command | undefined, root: Command): readonly Option[] {
  const ofRoot = root.createHelp().visibleOptions(root);
  if (command === undefined) return ofRoot;
  // `--version` works before a command only.
  const inherited = ofRoot.filter(({ long }) => long !== '--version' && long !== '--help');
  return [...command.createHelp().visibleOptions(command), ...inherited];
}

function matching(position: Position, candidates: readonly Candidate[]): readonly Candidate[] {
  if (position.kind === 'nothing') return [];
  const prefix = position.kind === 'value' ? position.prefix : '';
  return candidates
    .filter(({ value }) => value.startsWith(position.start) || value.startsWith(':'))
    .map(({ value, description }) => ({ value: `${prefix}${value}`, description }));
}

/** The shell has not expanded the line that is being typed. */
function expandHome(path: string | undefined): string | undefined {
  return path?.replace(/^~(?=\/)/, homedir());
}
