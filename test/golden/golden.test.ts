import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { REPO } from '../e2e/rig.js';
import { FILE_SCREENS } from './file-screens.js';
import { SCREENS as STACK_SCREENS } from './screens.js';
import { TALK_SCREENS } from './talk-screens.js';
import { TROUBLE_SCREENS } from './trouble-screens.js';

const SCREENS = [...STACK_SCREENS, ...FILE_SCREENS, ...TALK_SCREENS, ...TROUBLE_SCREENS];

const WIDTHS = [60, 80, 140] as const;
const FOLDER = join(REPO, 'test/golden');
/** `SIGCTL_GOLDEN=write npm test -- test/golden` writes them anew: to be read by eye before they are kept. */
const isRenewed = process.env['SIGCTL_GOLDEN'] === 'write';

const fileOf = (name: string, width: number): string => `${name}.${width}.txt`;

for (const { name, render, fits } of SCREENS) {
  for (const width of WIDTHS) {
    test(`${name} at ${width} columns reads as it was approved`, async () => {
      const text = `${await render(width)}\n`;
      const path = join(FOLDER, fileOf(name, width));
      if (isRenewed) writeFileSync(path, text);
      assert.equal(text, readFileSync(path, 'utf8'));
      assert.doesNotMatch(text, /[ \t]\n|undefined|(?<!\/dev\/)null|NaN|never-shown/);
      if (fits)
        for (const line of text.split('\n')) assert.ok([...line].length <= width, `${[...line].length}: ${line}`);
    });
  }
}

test('every approved text belongs to a screen', () => {
  const known = SCREENS.flatMap(({ name }) => WIDTHS.map((width) => fileOf(name, width)));
  const found = readdirSync(FOLDER).filter((file) => file.endsWith('.txt'));
  assert.deepEqual(found.sort(), known.sort());
});

test('every command has an approved text', () => {
  // Of its full screen: test/render/top/golden.
  const without = COMMAND_NAMES.filter((command) => command !== 'top');
  assert.deepEqual(
    without.filter((command) => !SCREENS.some(({ name }) => name.startsWith(command))),
    [],
  );
});
