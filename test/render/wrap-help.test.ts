import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { runHelp } from '../../src/commands/help.js';
import { HELP_TOPICS } from '../../src/render/help-topics.js';
import { wrapHelp } from '../../src/render/wrap-help.js';
import { wholeProgram } from '../cli/program.js';

const wordsOf = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

test('a meaning stays beside its term, or goes below it where that leaves too little room', () => {
  const text = '  sigctl start trading --with-deps  that one, and market-data too, since it starts "after" it';
  assert.deepEqual(wrapHelp(text, 70).split('\n'), [
    '  sigctl start trading --with-deps  that one, and market-data too,',
    '                                    since it starts "after" it',
  ]);
  assert.deepEqual(wrapHelp(text, 50).split('\n'), [
    '  sigctl start trading --with-deps',
    '      that one, and market-data too, since it',
    '      starts "after" it',
  ]);
});

test('the lines of a paragraph are filled anew; exit codes begin a line of their own, and code is left alone', () => {
  const text = [
    'One that can do none of it is refused before anything is done. The first that',
    'fails ends it.',
    'Exit codes: 0 all reloaded; 1 one failed, or cannot',
    '',
    "      { name: 'market-data', script: 'collect.py', interpreter: 'python3' },",
  ].join('\n');
  assert.deepEqual(wrapHelp(text, 40).split('\n'), [
    'One that can do none of it is refused',
    'before anything is done. The first that',
    'fails ends it.',
    'Exit codes: 0 all reloaded; 1 one',
    'failed, or cannot',
    '',
    "      { name: 'market-data', script: 'collect.py', interpreter: 'python3' },",
  ]);
});

test('each entry of a numbered list begins a line, and the rest of it stands below its words', () => {
  const text = [
    '  1. Of the shell that typed the command, where they are set: PATH HOME USER',
    '     LOGNAME SHELL.',
    '  2. The names in sigctl.passEnv, where they are set in the shell that typed.',
    "  3. sigctl's own:",
    '     SIGCTL_SERVICE  name of the service',
  ].join('\n');
  assert.deepEqual(wrapHelp(text, 50).split('\n'), [
    '  1. Of the shell that typed the command, where',
    '     they are set: PATH HOME USER LOGNAME SHELL.',
    '  2. The names in sigctl.passEnv, where they are',
    '     set in the shell that typed.',
    "  3. sigctl's own:",
    '     SIGCTL_SERVICE  name of the service',
  ]);
});

test('every help and topic fits into 80 columns and keeps its words; into 60, but for lines to be typed', async () => {
  const written: string[] = [];
  const program = await wholeProgram(written);
  const out = { print: (text: string) => void written.push(text) };
  for (const subject of [...COMMAND_NAMES, ...HELP_TOPICS.map(({ name }) => name)]) {
    written.length = 0;
    await runHelp({ out }, { subject, program });
    const help = written.join('');
    for (const columns of [60, 80, 140]) {
      const text = wrapHelp(help, columns);
      assert.equal(wordsOf(text), wordsOf(help), subject);
      const long = text.split('\n').filter((line) => line.length > columns && line.trim().includes(' '));
      for (const line of long) assert.match(line, /\/completions\//, `${subject}: ${line}`);
    }
  }
});
