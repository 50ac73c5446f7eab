import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseGate, readGate } from '../../src/process/gate.js';
import { tempFolder } from './rig.js';

test('parseGate() reads what the launcher wrote, and no line below it', () => {
  const gate = parseGate('id-1 wait 812 5000 73210 5 120000 350 100 200 300\n100 200 300 400\n');
  assert.deepEqual(gate, {
    startId: 'id-1',
    state: 'wait',
    launcher: { pid: 812, startToken: '5000' },
    atUptimeMs: 73_210,
    breaker: { exits: 5, withinMs: 120_000 },
    exits: 3,
  });
  assert.equal(parseGate('id-1 run 812 - 0 5 120000 0\n')?.exits, 0);
});

test('parseGate() takes a damaged gate for none', () => {
  for (const text of [
    '',
    '\n',
    'id-1',
    'id-1 shut 8 5 0 5 9 0',
    'id-1 wait x 5 0 5 9 0',
    'id-1 wait 8 5 0 5 9 0 1 x',
    '\0\0',
  ])
    assert.equal(parseGate(text), undefined, JSON.stringify(text));
});

test('readGate() knows nothing without a file', (t) => {
  const file = join(tempFolder(t), 'web.gate');
  assert.equal(readGate(file), undefined);
  writeFileSync(file, 'id-1 open 812 5000 73210 2 120000 0 100 200\n');
  assert.equal(readGate(file)?.state, 'open');
});
