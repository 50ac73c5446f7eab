import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord } from '../../src/core/log-line.js';
import { cleanText } from '../../src/render/clean-text.js';
import { createLogLineRenderer, type LogLineStyle, renderLogJson } from '../../src/render/log-line.js';

const NOW = new Date(2026, 10, 22, 15, 0, 0);
const AT_MS = new Date(2026, 10, 22, 14, 45, 11).getTime();
const TRADING = { service: 'trading', instance: '0', key: 'trading' };
const MARKET = { service: 'market-data', instance: '0', key: 'market-data' };

/** Built from code points: control characters stay out of the source. */
const ESC = String.fromCharCode(0x1b);
const SGR = new RegExp(`${ESC}\\[[0-9;]*m`, 'g');

function holdsControlCharacter(text: string): boolean {
  return Array.from(text).some((character) => /\p{Cc}/u.test(character));
}

const PIPE: LogLineStyle = {
  colour: false,
  multiline: false,
  prefixFor: [TRADING, MARKET],
  services: ['website', 'trading', 'market-data'],
};
const TERMINAL: LogLineStyle = { ...PIPE, colour: true, multiline: true };

function pino(part: Partial<LogRecord>): LogRecord {
  return { ...TRADING, atMs: AT_MS, level: 'info', msg: 'bought', fields: {}, raw: '{}', json: true, ...part };
}

function text(raw: string): LogRecord {
  return { ...TRADING, atMs: undefined, level: undefined, msg: raw, fields: {}, raw, json: false };
}

function render(record: LogRecord, style: LogLineStyle = PIPE): string {
  return createLogLineRenderer(style)(record, NOW.getTime());
}

test('a pino line reads as time, level, message and fields behind a prefix of equal width', () => {
  const fields = { symbol: 'XBTUSD', price: '67012.3', note: 'two words', open: true, fill: { qty: '0.1' }, empty: '' };
  assert.equal(
    render(pino({ fields })),
    'trading     │ 14:45:11 INFO  bought symbol=XBTUSD price=67012.3 note="two words" open=true fill={"qty":"0.1"} empty=""',
  );
  assert.equal(render({ ...pino({ level: 'error' }), ...MARKET }), 'market-data │ 14:45:11 ERROR bought');
  assert.equal(render(pino({}), { ...PIPE, prefixFor: undefined }), '14:45:11 INFO  bought');
});

test('fields that repeat the prefix or say nothing are left out', () => {
  const fields = { service: 'trading', instance: '0', name: 'trading', pid: 7, hostname: 'h', v: 0 };
  assert.equal(render(pino({ fields })), 'trading     │ 14:45:11 INFO  bought');
  assert.match(render(pino({ fields: { service: 'other', name: 'Ann' } })), /service=other name=Ann$/);
});

test('a line of another day shows its day', () => {
  assert.match(render(pino({ atMs: new Date(2026, 10, 21, 23, 59, 59).getTime() })), /│ 11-21 23:59:59 INFO/);
  assert.match(render(pino({ atMs: new Date(2025, 10, 22, 1, 2, 3).getTime() })), /│ 2025-11-22 01:02:03 INFO/);
});

test("an error's stack follows on indented lines, each with its prefix; in a pipe it stays on the line", () => {
  const err = { type: 'TypeError', message: 'boom', stack: 'TypeError: boom\n    at f (a.js:1:2)', code: 'EBAD' };
  const record = pino({ level: 'error', msg: 'cycle failed', fields: { err, symbol: 'X' } });
  assert.equal(
    render(record, { ...PIPE, multiline: true }),
    [
      'trading     │ 14:45:11 ERROR cycle failed err.code=EBAD symbol=X',
      'trading     │     TypeError: boom',
      'trading     │         at f (a.js:1:2)',
    ].join('\n'),
  );
  assert.equal(
    render(record),
    'trading     │ 14:45:11 ERROR cycle failed err.code=EBAD symbol=X err="TypeError: boom\\n    at f (a.js:1:2)"',
  );
  assert.match(render(pino({ fields: { err: { type: 'Error', message: 'no stack' } } })), / err="Error: no stack"$/);
});

test('a message with newlines stays one line in a pipe', () => {
  assert.equal(render(pino({ msg: 'one\ntwo\n' })), 'trading     │ 14:45:11 INFO  one\\ntwo');
  assert.equal(render(pino({ msg: 'one\ntwo\n' }), { ...PIPE, multiline: true }).split('\n').length, 2);
});

test('plain text, and JSON that is no log line, pass through', () => {
  assert.equal(render(text('  2026 plain\ttext  ')), 'trading     │   2026 plain\ttext  ');
  const raw = '{"rows":[1,2]}';
  assert.equal(render({ ...text(raw), json: true, msg: '', fields: { rows: [1, 2] } }), `trading     │ ${raw}`);
  assert.equal(render(text('')), 'trading     │ ');
});

test('colours are there with colour and nowhere without', () => {
  const coloured = render(pino({ level: 'warn', fields: { a: 1 } }), TERMINAL);
  assert.ok(
    coloured.startsWith(
      '\u001b[35mtrading     │\u001b[39m \u001b[2m14:45:11\u001b[22m \u001b[33mWARN \u001b[39m bought',
    ),
  );
  assert.equal(render(pino({ level: 'warn', msg: '\u001b[31mred\u001b[0m' })).includes('\u001b'), false);
});

test('each service keeps its colour whichever are shown', () => {
  const alone = render(pino({}), { ...TERMINAL, prefixFor: [TRADING] });
  assert.ok(alone.startsWith('\u001b[35mtrading │'));
});

test('nothing that a line holds can move the cursor, set the title or outlive the line', () => {
  const hostile = [
    ['\u001b[2J\u001b[Hcleared', 'cleared'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b]52;c;never ended', '52;c;never ended'],
    ['\u009b31mC1 colour\u009d0;x\u009c', 'C1 colour0;x'],
    ['\u001bPdevice\u001b\\x\u001bcreset', 'xreset'],
    ['10%\r20%\r', '10% 20% '],
    ['bell\u0007 back\b\b nul\u0000 del\u007f esc\u001b', 'bell back nul del esc'],
    ['\u001b\u001b[\u001b[31m31mnested', '31mnested'],
  ] as const;
  for (const [raw, wanted] of hostile) {
    assert.equal(cleanText(raw, false), wanted);
    assert.equal(cleanText(raw, true).replaceAll(SGR, ''), wanted);
  }
  assert.equal(cleanText('\u001b[1;31mred', true), '\u001b[1;31mred\u001b[0m');
  const record = pino({ msg: 'a\u001b[2Jb', fields: { 'k\u001b[2J\n': '\u009b2J', list: ['\u001b[2J'] } });
  assert.equal(holdsControlCharacter(render(record)), false);
});

test('cleaning a megabyte of escape characters takes no time worth mentioning', () => {
  const startedAtMs = performance.now();
  for (const text of ['\u001b]', '\u001b[', '\u001b', '\u001b]x', '\u001bP\u001b'])
    cleanText(text.repeat(500_000), true);
  assert.ok(performance.now() - startedAtMs < 20_000);
});

test('a deep object is shown as far as it can be', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  assert.match(render(pino({ fields: { deep } })), /deep=…$/);
});

test('JSON output has one shape, is one line and holds no raw control character', () => {
  const raw = 'plain \u009b2J \u001b[31m \u2028 text';
  const line = renderLogJson(text(raw));
  assert.deepEqual(JSON.parse(line), {
    service: 'trading',
    instance: '0',
    atMs: null,
    level: null,
    msg: raw,
    line: raw,
  });
  assert.equal(holdsControlCharacter(line), false);
  assert.deepEqual(JSON.parse(renderLogJson(pino({}))), {
    service: 'trading',
    instance: '0',
    atMs: AT_MS,
    level: 'info',
    msg: 'bought',
    line: '{}',
  });
});
