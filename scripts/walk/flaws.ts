import type { Shot } from './terminal.js';

/** What nobody should ever read: values that are none. */
const NO_VALUE = /\b(?:undefined|NaN|\[object Object\])/;

/** The flaws of a screen that need no eye. Broken lines are only told: a command to be copied may be longer than the screen. */
export function findFlaws({ text, broken }: Shot, isPipe: boolean): readonly string[] {
  return [
    ...broken.map((line) => `breaks: ${line}`),
    ...text
      .split('\n')
      .filter((line) => NO_VALUE.test(line))
      .map((line) => `no value: ${line}`),
    ...(isPipe && text.includes('\u001b') ? ['escape codes in a pipe'] : []),
    ...(isPipe && text.includes('\r') ? ['a carriage return in a pipe'] : []),
  ];
}
