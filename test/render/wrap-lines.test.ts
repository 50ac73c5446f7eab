import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { wrapLines } from '../../src/render/wrap-lines.js';

const wrapped = (text: string, columns: number): readonly string[] => wrapLines(text, columns).split('\n');

test('wrapLines() leaves alone what fits, and everything where no width is known', () => {
  assert.equal(wrapLines('✔ web  ready in 1.2s', 20), '✔ web  ready in 1.2s');
  assert.equal(wrapLines(`note: ${'word '.repeat(100)}`, Number.POSITIVE_INFINITY), `note: ${'word '.repeat(100)}`);
});

test('the rest of a line stands below its first word: behind a mark, a label, a name', () => {
  assert.deepEqual(wrapped('note: the stack is taken as it was last valid', 30), [
    'note: the stack is taken as it',
    '      was last valid',
  ]);
  assert.deepEqual(wrapped('✖ web  port 3001 is held by pid 4711 (nginx)', 40), [
    '✖ web  port 3001 is held by pid 4711',
    '       (nginx)',
  ]);
  assert.deepEqual(wrapped('    next: End it, or give the service another port', 40), [
    '    next: End it, or give the service',
    '          another port',
  ]);
});

test('a command stays whole, with its name and its options, however the sentence goes on', () => {
  for (const command of [
    'sigctl restore backups/app-20261122T150000000Z --dry-run',
    'sigctl start web',
    'sigctl stop market-data',
    'kill -CONT 812',
    'ssh ann@vps1',
    'systemctl --user start sigctl-app.service',
    '"sigctl start --boot"',
  ]) {
    for (let columns = 60; columns < 90; columns += 1) {
      const text = wrapLines(
        `hint: The process is in the way of all the others here: ${command}, or wait for it`,
        columns,
      );
      assert.ok(text.includes(command), `${columns}: ${text}`);
    }
  }
  const sentence =
    'hint: Install cron by hand; "sigctl start web" tries again, and sigctl startup --print shows the line';
  assert.deepEqual(wrapped(sentence, 46), [
    'hint: Install cron by hand; "sigctl start web"',
    '      tries again, and sigctl startup --print',
    '      shows the line',
  ]);
});

test('an arrow stands before its command, and a check that is named like a command is a word', () => {
  assert.deepEqual(wrapped('hung: last heartbeat 5.0s ago, limit 1s → sigctl restart hung', 42), [
    'hung: last heartbeat 5.0s ago, limit 1s',
    '      → sigctl restart hung',
  ]);
  assert.deepEqual(wrapped('web: command echo "refused"; exit 1: exit code 1 after 8ms', 40), [
    'web: command echo "refused"; exit 1:',
    '     exit code 1 after 8ms',
  ]);
});

test('sigctl as the subject of a sentence is a word like any other', () => {
  assert.deepEqual(wrapped('3 restarts since sigctl started it', 24), ['3 restarts since sigctl', 'started it']);
});

test('every command of the program is kept whole', () => {
  for (const command of COMMAND_NAMES) {
    const lines = wrapped(`it is as it was: sigctl ${command} would do`, 24 + command.length);
    assert.ok(
      lines.some((line) => line.includes(`sigctl ${command}`)),
      command,
    );
  }
});

test('a word that is too long for any line is left to the terminal, and colours take no room', () => {
  const path = `/srv/${'a'.repeat(40)}`;
  assert.deepEqual(wrapped(`hint: Correct ${path} and try again`, 30), [
    `hint: Correct ${path}`,
    '      and try again',
  ]);
  assert.equal(wrapLines('\u001b[31m✖\u001b[39m web  is down', 15), '\u001b[31m✖\u001b[39m web  is down');
});

test('no line is longer than the width, nothing is lost, and each line of the text begins a line', () => {
  const text = [
    'Cannot use manifest "x.cjs": 2 faults',
    '  apps[0].kill_timeout ("web"): found "soon", expected a duration above zero such as 250ms, 30s or 2m',
    '  as of    2026-11-22T15:00:00.000Z (every checksum and integrity check passed)',
  ].join('\n');
  for (let columns = 36; columns < 120; columns += 1) {
    const lines = wrapped(text, columns);
    for (const line of lines) assert.ok(line.length <= columns, `${columns}: ${line}`);
    assert.equal(lines.join(' ').replaceAll(/\s+/g, ' '), text.replaceAll(/\s+/g, ' '));
    for (const first of ['Cannot use', '  apps[0]', '  as of   '])
      assert.ok(lines.some((line) => line.startsWith(first)));
  }
});
