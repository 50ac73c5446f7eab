import type { InitPlan, LeftOut, PlannedService, SourceFolder } from './init-plan.js';
import { serviceOfCommand, withFilePort } from './line-service.js';
import { scriptsBelow } from './npm-script.js';
import { commandsOfLine, type LineCommand, type ScriptsIn } from './shell-service.js';

/** foreman's first port, and its step from one process type to the next (https://ddollar.github.io/foreman/). */
const FIRST_PORT = 5_000;
const PORT_STEP = 100;

/** Heroku runs these once per release, before anything starts. */
const RUN_ONCE = ['release'];

interface Entry {
  readonly line: number;
  readonly name: string;
  readonly command: string;
}

/**
 * `name: command` on each line. A command that starts several programs (`a & b & wait`) becomes several services: the one that
 * listens on `$PORT`, else the first, keeps the name, and the others are named after their programs.
 */
export function parseProcfile(text: string, folder: SourceFolder): InitPlan {
  const { entries, notes } = readEntries(text);
  const scriptsIn = scriptsBelow(folder.read);
  const services: PlannedService[] = [];
  const leftOut: LeftOut[] = [];
  for (const [index, entry] of entries.entries()) {
    if (RUN_ONCE.includes(entry.name)) {
      leftOut.push({ name: entry.name, reason: 'it runs once and ends: run it before "sigctl start"' });
      continue;
    }
    const result = servicesOf(entry, FIRST_PORT + index * PORT_STEP, scriptsIn, folder);
    if (typeof result === 'string') leftOut.push({ name: entry.name, reason: result });
    else services.push(...result);
  }
  return { services: withDotEnv(services, folder), leftOut, modes: {}, notes };
}

function readEntries(text: string): { entries: readonly Entry[]; notes: readonly string[] } {
  const entries: Entry[] = [];
  const notes: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, command] = /^([^\s:]+)\s*:\s*(\S.*)$/.exec(line) ?? [];
    if (name === undefined || command === undefined)
      notes.push(`line ${index + 1} is no "name: command" and is passed over`);
    else entries.push({ line: index + 1, name, command });
  }
  return { entries, notes };
}

function servicesOf(
  { line, name, command }: Entry,
  defaultPort: number,
  scriptsIn: ScriptsIn,
  folder: SourceFolder,
): readonly PlannedService[] | string {
  const found = commandsOfLine({ line: command, scriptsIn });
  if (found === undefined) return `line ${line} leaves a quote or a bracket open`;
  if (found.length === 0) return `line ${line} starts no program`;
  const keeper = keeperOf(found);
  return found.map((part, index) => {
    const isKeeper = index === keeper;
    const origin = found.length === 1 ? [] : [`one of ${found.length} programs that "${name}" started side by side`];
    const named = { ...part, notes: [...origin, ...part.notes] };
    return serviceOfCommand(named, { name: isKeeper ? name : part.name, defaultPort, folder });
  });
}

/** The one that the outside talks to is what the name was about. */
function keeperOf(found: readonly LineCommand[]): number {
  const listening = found.findIndex(({ variables }) => variables.some((variable) => variable.name === 'PORT'));
  return Math.max(0, listening);
}

/** Without its PORT for those that do not ask for it: it is the port of the one that does. */
function withDotEnv(services: readonly PlannedService[], folder: SourceFolder): readonly PlannedService[] {
  if (folder.read('.env') === undefined) return services;
  const isAsked = services.some(({ env }) => env?.['PORT'] !== undefined);
  return services.map((service, index) =>
    withFilePort({ ...service, envFiles: ['.env'] }, folder, !isAsked && index === 0),
  );
}
