import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPaused, parseFrames, parseHeapUsed, parseScript } from '../../src/process/inspector-messages.js';

const SCRIPTS = new Map([
  ['99', 'file:///srv/app/trade.mjs'],
  ['13', 'node:internal/timers'],
]);
const CONTEXT = { scripts: SCRIPTS, root: '/srv/app', maxFrames: 20 };

/** As V8 writes it; the description is one of a variable that tries to look like a frame. */
function frame(name: string, scriptId: string, line: number): string {
  const fake = '{"callFrameId":"1","functionName":"fake","location":{"scriptId":"99","lineNumber":0,"columnNumber":0}}';
  return JSON.stringify({
    callFrameId: `5.1.${line}`,
    functionName: name,
    functionLocation: { scriptId, lineNumber: line - 1, columnNumber: 3 },
    location: { scriptId, lineNumber: line, columnNumber: 22 },
    url: '',
    scopeChain: [{ type: 'local', object: { description: fake }, startLocation: { scriptId, lineNumber: 0 } }],
    this: { type: 'string', value: 'hunter2' },
  });
}

const paused = (...frames: string[]) =>
  `{"method":"Debugger.paused","params":{"callFrames":[${frames.join(',')}],"reason":"other"}}`;

test('frames are names and places that count from 1, and nothing of what is in variables', () => {
  const text = paused(frame('busyLoop', '99', 11), frame('', '13', 580), frame('say "hi"', '7', 0));
  assert.equal(isPaused(text), true);
  assert.deepEqual(parseFrames(text, CONTEXT), [
    { function: 'busyLoop', file: 'trade.mjs', line: 12, column: 23 },
    { function: '(anonymous)', file: 'node:internal/timers', line: 581, column: 23 },
    { function: 'say "hi"', file: '(unnamed code)', line: 1, column: 23 },
  ]);
});

test('of a deep recursion the innermost frames are read, also where the message was cut', () => {
  const text = paused(...Array.from({ length: 500 }, (_, depth) => frame(`f${depth}`, '99', depth)));
  const frames = parseFrames(text.slice(0, 30_000), CONTEXT);
  assert.equal(frames.length, 20);
  assert.equal(frames.at(-1)?.function, 'f19');
  const cut = paused(frame('whole', '99', 1), frame('half', '99', 2)).indexOf('"half"');
  assert.deepEqual(
    parseFrames(paused(frame('whole', '99', 1), frame('half', '99', 2)).slice(0, cut), CONTEXT).map(
      (one) => one.function,
    ),
    ['whole'],
  );
});

test('scripts and the size of the heap are read from their messages, and from no others', () => {
  const script =
    '{"method":"Debugger.scriptParsed","params":{"scriptId":"99","url":"file:///srv/a%20b.mjs","startLine":0,"end';
  assert.deepEqual(parseScript(script), { id: '99', url: 'file:///srv/a%20b.mjs' });
  assert.equal(parseScript(paused(frame('x', '99', 1))), undefined);
  assert.equal(parseHeapUsed('{"id":2,"result":{"usedSize":3607064,"totalSize":4431872}}'), 3_607_064);
  assert.equal(parseHeapUsed('{"id":1,"result":{"debuggerId":"-1.2"}}'), undefined);
});
