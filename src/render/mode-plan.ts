import { Chalk } from 'chalk';
import type { ModePlan } from '../core/mode-plan.js';

/** What there is before the change. */
export interface ModeBefore {
  readonly mode: string | undefined;
  readonly running: ReadonlySet<string>;
  /** Of these, the oneshot services that have done their work. */
  readonly completed: ReadonlySet<string>;
  readonly present: ReadonlySet<string>;
  /** Of these, the services that should run and of which no process lives. */
  readonly down?: ReadonlySet<string>;
}

/** What a change of mode would do, a line for each service: those that stop, those that start, those that are left alone. */
export function renderModePlan(plan: ModePlan, before: ModeBefore, colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  if (plan.stop.length === 0 && plan.start.length === 0) {
    return `Mode ${paint.bold(plan.mode)}: nothing to change (${plan.keep.join(', ')})`;
  }
  const rows = (['stop', 'start', 'keep'] as const).flatMap((action) => plan[action].map((name) => ({ action, name })));
  const width = Math.max('SERVICE'.length, ...rows.map(({ name }) => name.length));
  const now = before.mode === undefined || before.mode === plan.mode ? '' : ` (now ${before.mode})`;
  const colours = { stop: paint.yellow, start: paint.green, keep: paint.dim };
  return [
    `Mode ${paint.bold(plan.mode)}${now}:`,
    paint.dim(`  ACTION  ${'SERVICE'.padEnd(width)}  NOW`),
    ...rows.map(({ action, name }) =>
      colours[action](`  ${action.padEnd(6)}  ${name.padEnd(width)}  ${stateOf(name, before)}`),
    ),
  ].join('\n');
}

function stateOf(name: string, { running, completed, present, down }: ModeBefore): string {
  if (completed.has(name)) return 'completed';
  if (running.has(name)) return 'running';
  if (down?.has(name) === true) return 'down';
  return present.has(name) ? 'partly running' : 'not running';
}

/** The modes of the manifest, the one in force marked. */
export function renderModes(
  modes: Readonly<Record<string, readonly string[]>>,
  current: string | undefined,
  colour: boolean,
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const width = Math.max(...Object.keys(modes).map((name) => name.length));
  return Object.entries(modes)
    .map(([name, services]) => {
      const line = `${name === current ? '*' : ' '} ${name.padEnd(width)}  ${services.join(', ')}`;
      return name === current ? paint.bold(line) : line;
    })
    .join('\n');
}
