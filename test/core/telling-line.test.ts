import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellingLine } from '../../src/core/telling-line.js';

test('tellingLine() takes the message of a fault, not the frames and properties below it', () => {
  const lines = [
    'starting',
    'node:events:495',
    '      throw er; // Unhandled',
    '      ^',
    'Error: listen EADDRINUSE: address already in use 127.0.0.1:3001',
    '    at Server.setupListenHandle [as _listen2] (node:net:1817:16)',
    "Emitted 'error' event on Server instance at:",
    "  code: 'EADDRINUSE',",
    '  port: 3001',
    '}',
    'Node.js v20.20.2',
  ];
  assert.equal(tellingLine(lines), 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3001');
});

test("tellingLine() takes python's last line below its traceback", () => {
  const lines = ['Traceback (most recent call last):', '  File "a.py", line 3, in <module>', "KeyError: 'vault'"];
  assert.equal(tellingLine(lines), "KeyError: 'vault'");
});

test('tellingLine() tells a JSON line by its message and error, and goes by its level', () => {
  const lines = [
    '{"level":60,"msg":"halted","err":{"message":"max drawdown"}}',
    '{"level":"info","msg":"closing the ledger"}',
  ];
  assert.equal(tellingLine(lines), 'halted: max drawdown');
});

test('tellingLine() takes the last line where none names a trouble, and nothing where there is none', () => {
  assert.equal(tellingLine(['one', 'two ']), 'two');
  assert.equal(tellingLine(['    at somewhere']), 'at somewhere');
  assert.equal(tellingLine([]), undefined);
});
