import { parseDuration } from '../core/duration.js';
import { type IniSection, readIni } from './ini.js';
import type { InitPlan, LeftOut, PlannedService, SourceFolder } from './init-plan.js';
import { STOP_WITHIN_MS, serviceOfCommand } from './line-service.js';
import { commandsOfArgv, commandsOfLine, type LineCommand } from './shell-service.js';
import { splitPlainWords } from './shell-words.js';
import { literalOf, shellWordOf, type Template, type TemplatePiece } from './template.js';

/** Keys of a program that mean nothing here, or nothing else than what sigctl does anyway. */
const SILENT =
  /^(?:command|directory|environment|autorestart|autostart|stopwaitsecs|numprocs|numprocs_start|process_name|priority|startsecs|redirect_stderr|stopsignal)$/;
const LOGS = /^(?:stdout|stderr)_(?:logfile|capture|events|syslog)/;
/** A program of supervisor may run in any folder, so that no package.json is surely its own. */
const NO_SCRIPTS = (): undefined => undefined;
const DEFAULT_PRIORITY = 999;
/** A slip of the keyboard beyond; the manifest's own limit. */
const MAX_INSTANCES = 1_000;

/** `[program:x]` sections become services, `[group:x]` modes; a lower `priority` becomes `after` of the next higher one. */
export function parseSupervisord(text: string, folder: SourceFolder): InitPlan {
  const { sections, repeated, strange } = readIni(text);
  const services: (PlannedService & { readonly priority: number })[] = [];
  const leftOut: LeftOut[] = [];
  for (const section of sections) {
    const [kind = '', name = ''] = section.name.split(/:(.*)/s);
    if (kind === 'program') {
      const service = serviceOf(name.trim(), section, folder);
      if (typeof service === 'string') leftOut.push({ name: name.trim(), reason: service });
      else services.push({ ...service, priority: wholeOf(section, 'priority') ?? DEFAULT_PRIORITY });
    } else if (['eventlistener', 'fcgi-program'].includes(kind)) {
      leftOut.push({ name: name.trim(), reason: `a [${kind}] speaks supervisor's own protocol` });
    }
  }
  return {
    services: withPriorities(services),
    leftOut,
    modes: modesOf(sections),
    notes: notesOf(sections, repeated, strange),
  };
}

function notesOf(sections: readonly IniSection[], repeated: readonly string[], strange: readonly number[]): string[] {
  return [
    ...repeated.map((name) => `[${name}] comes twice: the later values count`),
    ...strange.map((line) => `line ${line} is no "key=value" and is passed over`),
    ...sections
      .filter(({ name }) => name === 'include')
      .map(() => '[include]: the files that it names are not followed'),
  ];
}

function serviceOf(name: string, section: IniSection, folder: SourceFolder): PlannedService | string {
  const found = commandOf(name, section.values.get('command') ?? '');
  if (typeof found === 'string') return found;
  const base = serviceOfCommand(found, { name, defaultPort: 8_000, folder });
  const directory = section.values.get('directory');
  const { env, notes } = environmentOf(name, section.values.get('environment') ?? '');
  const instances = Math.min(MAX_INSTANCES, wholeOf(section, 'numprocs') ?? 1);
  const startSecs = wholeOf(section, 'startsecs') ?? 1;
  const port = base.port;
  return {
    ...base,
    ...(directory === undefined ? {} : { cwd: expandText(name, directory) }),
    ...(Object.keys(env).length > 0 ? { env: { ...env, ...base.env } } : {}),
    ...(instances > 1 ? { instances } : {}),
    ...(/^(?:false|no|off|0)$/i.test(section.values.get('autorestart') ?? '') ? { autorestart: false } : {}),
    killTimeoutMs: parseDuration(`${section.values.get('stopwaitsecs') ?? ''}s`) || STOP_WITHIN_MS,
    ...(port === undefined && startSecs > 1 ? { ready: { kind: 'delay' as const, delayMs: startSecs * 1_000 } } : {}),
    notes: [...base.notes, ...notes, ...notesOn(section)],
  };
}

function notesOn({ values }: IniSection): readonly string[] {
  const others = [...values.keys()].filter((key) => !SILENT.test(key) && !LOGS.test(key));
  const signal = values.get('stopsignal')?.toUpperCase().replace(/^SIG/, '');
  const notes: string[] = [];
  if (others.length > 0) notes.push(`not taken over: ${others.join(', ')}`);
  if ([...values.keys()].some((key) => LOGS.test(key)))
    notes.push('its output goes to logs/<name>.log, not to the log files of supervisor');
  if (signal !== undefined && signal !== 'INT') notes.push(`was stopped by SIG${signal}: sigctl sends SIGINT`);
  if (values.get('autorestart') === 'unexpected')
    notes.push('is restarted after exit code 0 too (supervisor: only after an unexpected one)');
  if (values.get('autostart') === 'false') notes.push('had autostart=false: name the services to start in a mode');
  return notes;
}

function commandOf(name: string, command: string): LineCommand | string {
  const words = splitPlainWords(command);
  if (words === undefined) return 'its command leaves a quote open';
  if (words.length === 0) return 'it has no command';
  const templates = words.map((word) => expand(name, word));
  const argv = templates.map(literalOf);
  const found = argv.every((word) => word !== undefined)
    ? commandsOfArgv(argv, NO_SCRIPTS)
    : commandsOfLine({ line: templates.map(shellWordOf).join(' '), scriptsIn: NO_SCRIPTS });
  const [only, ...others] = found ?? [];
  if (only === undefined) return 'its command cannot be read';
  if (others.length === 0) return only;
  return {
    ...only,
    command: { script: words[0] ?? '', args: words.slice(1) },
    notes: [...only.notes, 'starts several programs: split it by hand'],
  };
}

/** `A="b",C='%(ENV_D)s'`. A value that the shell of supervisor had to give is let in from the shell of sigctl. */
function environmentOf(name: string, text: string): { env: Record<string, string>; notes: readonly string[] } {
  const env: Record<string, string> = {};
  const notes: string[] = [];
  for (const [, key = '', double, single, bare = ''] of text.matchAll(
    /(?<![^\s,])([^\s=,]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^,\s]*))/g,
  )) {
    const value = literalOf(expand(name, double ?? single ?? bare));
    if (value !== undefined) env[key] = value;
    else notes.push(`"${key}" came from a variable of supervisor's own environment: set it, or let it in by passEnv`);
  }
  return { env, notes };
}

/** `%(ENV_X)s` is a variable, `%(here)s` the folder of the file, `%(process_num)02d` the number of the instance, `%%` a percent. */
function expand(name: string, text: string): Template {
  return text.split(/(%\(\w+\)\d*[sd]|%%)/).flatMap((part): TemplatePiece[] => {
    const key = /^%\((\w+)\)/.exec(part)?.[1];
    if (part === '') return [];
    if (key?.startsWith('ENV_')) return [{ kind: 'variable', variable: { name: key.slice(4) } }];
    if (key === 'process_num') return [{ kind: 'variable', variable: { name: 'SIGCTL_INSTANCE' } }];
    if (key === 'here') return [{ kind: 'text', text: '.' }];
    if (key === 'program_name' || key === 'group_name') return [{ kind: 'text', text: name }];
    return [{ kind: 'text', text: part === '%%' ? '%' : part }];
  });
}

function expandText(name: string, text: string): string {
  return literalOf(expand(name, text)) ?? '.';
}

function wholeOf({ values }: IniSection, key: string): number | undefined {
  const text = values.get(key)?.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function withPriorities(
  services: readonly (PlannedService & { readonly priority: number })[],
): readonly PlannedService[] {
  const levels = [...new Set(services.map((service) => service.priority))].sort((left, right) => left - right);
  return services.map(({ priority, ...service }) => {
    const before = levels[levels.indexOf(priority) - 1];
    const after = services
      .filter((other) => before !== undefined && other.priority === before)
      .map((other) => other.name);
    return after.length === 0 ? service : { ...service, after };
  });
}

function modesOf(sections: readonly IniSection[]): Readonly<Record<string, readonly string[]>> {
  const groups = sections.filter(({ name }) => name.startsWith('group:'));
  return Object.fromEntries(
    groups.map(({ name, values }) => [
      name.slice('group:'.length).trim(),
      (values.get('programs') ?? '').split(',').map((program) => program.trim()),
    ]),
  );
}
