import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeStack, describeStuck, scriptFile } from '../../src/core/code-stack.js';

const frame = (name: string, file: string, line = 1) => ({ function: name, file, line, column: 5 });

test('a file of the project is told relative to its root, any other by its whole path', () => {
  assert.equal(scriptFile('file:///srv/app/src/my%20trade.mjs', '/srv/app'), 'src/my trade.mjs');
  assert.equal(scriptFile('/srv/app/old.cjs', '/srv/app'), 'old.cjs');
  assert.equal(scriptFile('file:///srv/application/x.mjs', '/srv/app'), '/srv/application/x.mjs');
  assert.equal(scriptFile('node:internal/timers', '/srv/app'), 'node:internal/timers');
  assert.equal(scriptFile('', '/srv/app'), '(unnamed code)');
  assert.equal(scriptFile(`data:text/javascript,${'x'.repeat(9_000)}`, '/srv/app').length, 300);
});

test('the innermost frames are told, without those by which node called the code', () => {
  const stack = [
    frame('readSync', 'node:fs', 700),
    frame('busyLoop', 'trade.mjs', 12),
    frame('onTick', 'trade.mjs', 20),
    frame('main', 'trade.mjs', 30),
    frame('listOnTimeout', 'node:internal/timers', 581),
  ];
  assert.equal(
    describeStack({ stack }),
    'readSync (node:fs:700:5) ← busyLoop (trade.mjs:12:5) ← onTick (trade.mjs:20:5) ← …',
  );
  assert.equal(describeStack({ stack: stack.slice(1, 2) }), 'busyLoop (trade.mjs:12:5)');
  // Nothing but node's own is better than nothing.
  assert.equal(describeStack({ stack: stack.slice(4) }), 'listOnTimeout (node:internal/timers:581:5)');
});

test('a row that another program wrote is told only where it makes sense', () => {
  for (const stack of [null, 'busy', [], [{ function: 'x' }, 7, null]])
    assert.equal(describeStack({ stack }), undefined);
  assert.equal(describeStuck(null), undefined);
});

test('where no stack could be had, the reason and the word of the kernel are told', () => {
  const detail = { stack: null, stackMissing: 'no answer within 1s', processState: 'D', waitsIn: 'nfs_wait' };
  assert.equal(
    describeStuck(detail),
    'somewhere that its stack does not tell: no answer within 1s, process state D, waits in nfs_wait',
  );
  assert.equal(describeStuck({ stack: null, stackMissing: null, processState: 'S' }), undefined);
});
