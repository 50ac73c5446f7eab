import type { ChalkInstance } from 'chalk';

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['↑ ↓ k j', 'select; also Page Up, Page Down, Home, End'],
  ['s  x  r', 'start, stop, restart the service (asks first)'],
  ['m', 'switch to another mode (asks first)'],
  ['/', 'filter services; Tab: filter log lines'],
  ['a', 'log and events of all, or of the selected one'],
  ['l  e', 'log pane, event pane: on and off'],
  ['p', 'pause: nothing moves until p is pressed again'],
  ['Ctrl-L', 'draw everything again'],
  ['Ctrl-Z', 'back to the shell; fg comes back here'],
  ['q  Esc', 'quit; what runs goes on. Esc ends filters first'],
];

/** The page behind `?`: every key. */
export function renderHelpPage(paint: ChalkInstance): readonly string[] {
  const width = Math.max(...KEYS.map(([keys]) => keys.length));
  return [
    '',
    ...KEYS.map(([keys, meaning]) => `  ${paint.cyan(keys.padEnd(width))}  ${meaning}`),
    '',
    paint.dim('  CPU is of the last second; it and memory count children.'),
    paint.dim('  Curves go back a minute. WORK is finished work per second.'),
    '',
    paint.dim('  Any key: back'),
  ];
}
