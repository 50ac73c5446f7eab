import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCron, parseMemoryBytes, parsePort, parseWhole, splitWords } from '../../src/manifest/parse-value.js';

test('splitWords() splits as a shell does, quotes and backslashes included', () => {
  assert.deepEqual(splitWords('--port 80  --name web'), ['--port', '80', '--name', 'web']);
  assert.deepEqual(splitWords(`--title "two words" --raw 'a "b" c'`), ['--title', 'two words', '--raw', 'a "b" c']);
  assert.deepEqual(splitWords('--a="b c"d e\\ f'), ['--a=b cd', 'e f']);
  assert.deepEqual(splitWords('--empty "" end'), ['--empty', '', 'end']);
  assert.deepEqual(splitWords('"say \\"hi\\"" "C:\\dir"'), ['say "hi"', 'C:\\dir']);
  assert.deepEqual(splitWords('  '), []);
});

test('splitWords() refuses a quote that is left open and a backslash at the end', () => {
  assert.equal(splitWords('--title "two words'), undefined);
  assert.equal(splitWords("it's"), undefined);
  assert.equal(splitWords('end\\'), undefined);
});

test('parseCron() takes five or six fields and nicknames; 0 switches it off', () => {
  assert.equal(parseCron('0 3 * * *'), '0 3 * * *');
  assert.equal(parseCron(' */10 0-5,9 1 JAN MON#2 ? '), '*/10 0-5,9 1 JAN MON#2 ?');
  assert.equal(parseCron('@daily'), '@daily');
  assert.equal(parseCron(0), false);
  for (const bad of ['', '* * * *', '* * * * * * *', '@often', '0 3 * * *; rm', 5, null])
    assert.equal(parseCron(bad), undefined);
});

test('parsePort() and parseWhole() take numbers and their text, and nothing that only begins with one', () => {
  assert.equal(parsePort('3001'), 3001);
  assert.equal(parseWhole('-1'), -1);
  for (const bad of [0, 65_536, '80a', '', ' 80', 80.5, true, undefined]) assert.equal(parsePort(bad), undefined);
});

test('parseMemoryBytes() takes the sizes of PM2 from one megabyte up', () => {
  assert.equal(parseMemoryBytes('300M'), 300 * 1024 ** 2);
  assert.equal(parseMemoryBytes(1024 ** 2), 1024 ** 2);
  assert.equal(parseMemoryBytes(300), undefined);
});
