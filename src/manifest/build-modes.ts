import { definedService } from './check-stack.js';
import { describeFound } from './describe-found.js';
import type { ShapeFault } from './parse-shape.js';
import type { StackEntry } from './schema.js';

const MODE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export type Modes = Readonly<Record<string, readonly string[]>>;

/** Expands `'*'` and adds `full`, which means all services unless the manifest says otherwise. Fault paths begin at `sigctl`. */
export function buildModes(
  entry: StackEntry,
  services: readonly string[],
): { readonly modes: Modes; readonly faults: readonly ShapeFault[] } {
  const declared = Object.entries(entry.modes ?? {});
  const expanded = declared.map(([mode, members]) => [mode, members === '*' ? services : members] as const);
  const faults = expanded.flatMap(([mode, members]) => [
    ...(MODE_NAME.test(mode) ? [] : [badModeName(mode)]),
    ...checkMembers(mode, members, services),
  ]);
  return { modes: { ...Object.fromEntries(expanded), ...(entry.modes?.['full'] ? {} : { full: services }) }, faults };
}

function badModeName(mode: string): ShapeFault {
  const expected = 'letters, digits, dots, dashes and underscores';
  return { path: ['sigctl', 'modes', mode], found: `the name ${describeFound(mode)}`, expected };
}

function checkMembers(mode: string, members: readonly string[], services: readonly string[]): ShapeFault[] {
  const path = ['sigctl', 'modes', mode];
  if (members.length === 0)
    return [{ path, found: 'an empty list', expected: 'at least one service (sigctl stop stops all)' }];
  return members.flatMap((name, position): ShapeFault[] => {
    const found = describeFound(name);
    if (!services.includes(name))
      return [{ path: [...path, position], found, expected: definedService(name, services) }];
    if (members.indexOf(name) === position) return [];
    return [{ path: [...path, position], found: `${found} again`, expected: 'each service once' }];
  });
}
