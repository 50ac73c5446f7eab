import { Chalk, type ChalkInstance } from 'chalk';
import { assertNever } from '../core/assert-never.js';
import type { ProcessVariables, ShownVariable, VariableDifference, VariableOrigin } from '../core/service-variable.js';
import { cleanText } from './clean-text.js';

/**
 * The variables of each process under the place that they come from, and at the end what the running process has otherwise.
 * Values are never cut off or broken: they may be copied.
 */
export function renderEnv(processes: readonly ProcessVariables[], colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  return processes.map((process) => renderProcess(process, paint)).join('\n\n');
}

function renderProcess(process: ProcessVariables, paint: ChalkInstance): string {
  const { key, pid, variables, nodeFlags } = process;
  const width = Math.max(...variables.map(({ name }) => name.length));
  return [
    `${paint.bold(key)} · ${pid === null ? 'does not run' : `pid ${pid}`}`,
    ...groups(variables).flatMap(([title, members]) => [
      '',
      paint.dim(title),
      ...members.map(({ name, value, note }) => {
        const more = note === undefined ? '' : `  ${paint.dim(`(${note})`)}`;
        return `  ${name.padEnd(width)}  ${showValue(value)}${more}`;
      }),
    ]),
    ...(nodeFlags.length === 0
      ? []
      : ['', paint.dim("on node's command line, from sigctl"), ...nodeFlags.map((flag) => `  ${flag}`)]),
    ...renderDifferences(process, paint),
  ].join('\n');
}

/** Each origin that occurs, in the order in which later ones win. */
function groups(variables: readonly ShownVariable[]): readonly (readonly [string, readonly ShownVariable[]])[] {
  const titles = new Map<string, { readonly rank: number; readonly members: ShownVariable[] }>();
  for (const variable of variables) {
    const { title, rank } = describe(variable.origin);
    const group = titles.get(title) ?? { rank, members: [] };
    group.members.push(variable);
    titles.set(title, group);
  }
  return [...titles].sort(([, a], [, b]) => a.rank - b.rank).map(([title, { members }]) => [title, members]);
}

function describe(origin: VariableOrigin): { readonly title: string; readonly rank: number } {
  switch (origin.kind) {
    case 'shell':
      return { title: 'of this shell', rank: 0 };
    case 'env_file':
      return { title: `env_file ${cleanText(origin.file, false)}`, rank: 1 };
    case 'env':
      return { title: 'env of the manifest', rank: 2 };
    case 'port':
      return { title: 'port of the manifest', rank: 3 };
    case 'python':
      return { title: 'for Python, from sigctl', rank: 4 };
    case 'passEnv':
      return { title: 'of this shell, by passEnv', rank: 5 };
    case 'kept':
      return { title: 'kept from an earlier start, by passEnv', rank: 6 };
    case 'sigctl':
      return { title: 'of sigctl itself', rank: 7 };
    default:
      return assertNever(origin, 'origin of a variable');
  }
}

function renderDifferences(process: ProcessVariables, paint: ChalkInstance): readonly string[] {
  const { key, service, pid, comparedWith, differences } = process;
  if (pid === null) return [];
  if (comparedWith === null) return ['', `What pid ${pid} has cannot be read, so nothing is compared`];
  if (differences.length === 0) return ['', `pid ${pid} has all of it just so`];
  const width = Math.max(...differences.map(({ name }) => name.length));
  return [
    '',
    paint.yellow(`${key} has ${count(differences)} otherwise since its start:`),
    ...differences.map((difference) => `  ${difference.name.padEnd(width)}  ${renderChange(difference, paint)}`),
    paint.cyan(`→ sigctl restart ${service}`),
  ];
}

function renderChange({ running, next }: VariableDifference, paint: ChalkInstance): string {
  // Of a secret both look the same.
  const secret = running !== null && running === next ? ' (another value)' : '';
  return `${paint.red(showOrNot(running))} → ${paint.green(showOrNot(next))}${secret}`;
}

function count({ length }: readonly VariableDifference[]): string {
  return length === 1 ? '1 variable' : `${length} variables`;
}

function showOrNot(value: string | null): string {
  return value === null ? '(not set)' : showValue(value);
}

/** One line, whatever is in it; an empty one is seen. */
function showValue(value: string): string {
  return value === '' || /\p{Cc}/u.test(value) ? JSON.stringify(cleanText(value, false)) : value;
}
