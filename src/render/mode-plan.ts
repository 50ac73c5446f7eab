import { Chalk } from 'chalk';
import type { ModePlan } from '../core/mode-plan.js';

/** What a change of mode would do, one line a verb. */
export function renderModePlan(plan: ModePlan, colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  if (plan.stop.length === 0 && plan.start.length === 0) {
    return `Mode ${paint.bold(plan.mode)}: nothing to change (${plan.keep.join(', ')})`;
  }
  const lines = [
    ['stop', plan.stop],
    ['start', plan.start],
    ['keep', plan.keep],
  ] as const;
  return [
    `Mode ${paint.bold(plan.mode)}:`,
    ...lines.filter(([, names]) => names.length > 0).map(([verb, names]) => `  ${verb.padEnd(5)}  ${names.join(', ')}`),
  ].join('\n');
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
