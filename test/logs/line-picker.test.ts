import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOG_LEVELS } from '../../src/core/log-level.js';
import { contextAfter, type LineContext, type LogQuery, matchesQuery } from '../../src/core/log-query.js';
import { acrossLines, literalOf } from '../../src/logs/grep-shape.js';
import { LinePicker } from '../../src/logs/line-picker.js';
import { parseLine } from '../../src/logs/parse-line.js';
import { createRandom, naiveLastLines } from './random-log.js';

const NO_CONTEXT: LineContext = { atMs: undefined, level: undefined };

/** What has to be picked, the simple way. */
function naivePick(text: string, query: LogQuery): string[] {
  let context = NO_CONTEXT;
  return naiveLastLines(text, Number.POSITIVE_INFINITY).filter((raw) => {
    const line = parseLine(raw);
    const wanted = matchesQuery(query, line, context);
    context = contextAfter(line, context);
    return wanted;
  });
}

/** Picks from the text cut into chunks of random length. */
function pickInChunks(text: string, query: LogQuery, random: () => number): string[] {
  const picker = new LinePicker(query);
  const bytes = Buffer.from(text);
  const picked: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = start + 1 + Math.floor(random() ** 3 * bytes.length);
    picked.push(...picker.push(bytes.subarray(start, end)).map(({ line }) => line.raw));
    start = end;
  }
  const last = picker.flush();
  return last === undefined ? picked : [...picked, last.line.raw];
}

const WORDS = [
  'fill',
  'order',
  'XBTUSD',
  'é',
  '→',
  '漢',
  '(x)',
  'a.b',
  'ERROR',
  '  ',
  '\t',
  '42',
  '',
  '-',
  ']',
  '^',
  '$',
];

/** What looks like a line below a level at first, and is none; and what is one, told in another way. */
const ODD = [
  (time: number, msg: string) => `{"level":30,"time":${time},"msg":${JSON.stringify(msg)},"level":50}`,
  (time: number, msg: string) => `{"level":30,"time":${time},"level":"error","msg":${JSON.stringify(msg)}}`,
  (time: number, msg: string) => `{"level":30,"time":${time},"err":{"level":50},"msg":${JSON.stringify(msg)}}`,
  (time: number, msg: string) => `{"level":30,"time":${time},"err":{"code":1,"level":50},"msg":${JSON.stringify(msg)}}`,
  (time: number) => `{"level":40,"time":${time},"n":42.0,"msg":"a number"}`,
  (time: number) => `{"level":40,"time":${time},"n":[-5e-1,4.2e1],"msg":"powers"}`,
  (time: number) => `{"level":40,"time":${time},"n":"42","msg":"fill order"}`,
  (time: number) => `{"level":30,"time":${time},"msg":"torn`,
  (time: number) => `{"level":35,"time":${time},"msg":"a level between"}`,
  (time: number) => `{"level":300,"time":${time},"msg":"no level of pino"}`,
  (time: number) => `{"level":30,"time":"${new Date(time).toISOString()}","msg":"a time in words"}`,
  (time: number) => `{"level": 50, "time": ${time}, "msg": "blanks"}`,
  (time: number) => `{"time":${time},"level":50,"msg":"later"}`,
  () => '{"level":30,',
  () => '{"level":',
  () => '}',
] as const;

function randomLines(random: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  let atMs = 1_795_358_711_000;
  let text = '';
  for (let left = Math.floor(random() * 120); left > 0; left -= 1) {
    atMs += Math.floor(random() * 2_000);
    const words = Array.from({ length: Math.floor(random() * 6) }, () => pick(WORDS)).join(pick([' ', '', ',']));
    const symbol = pick(['XBTUSD', 'ETHUSD', 7, null]);
    const kind = random();
    if (kind < 0.4) text += JSON.stringify({ level: pick([20, 30, 40, 50]), time: atMs, symbol, msg: words });
    else if (kind < 0.45) text += pick(ODD)(atMs, words);
    else if (kind < 0.5) text += JSON.stringify({ level: 30, time: atMs, fill: { symbol }, level2: 1, msg: words });
    else if (kind < 0.6) text += `${new Date(atMs).toISOString()} ${pick(['INFO', 'WARN', 'ERROR', ''])} ${words}`;
    else text += words;
    text += random() < 0.1 ? '\r\n' : '\n';
  }
  return random() < 0.3 ? `${text}{"level":50,"msg":"unfinished fill` : text;
}

const PATTERNS = [
  'fill',
  'order\\.',
  'a\\.b',
  'a.b',
  '^fill',
  'fill$',
  '^$',
  '\\s+',
  '[^a-z]+fill',
  '[^-f]',
  '[\\s,]order',
  '\\D\\W',
  'fill|order',
  '(fill|→) ?order',
  'é→',
  '.漢',
  '(?!fill)order$',
  '(?<=é)→',
  '(x)\\1',
  '\\x66ill',
  '[^]fill',
  'x*',
  '\\$$',
  '(?:fill)(?=.*42)',
  '[\\t-z]$',
  '\\bfill\\b',
];

test('every query picks from random lines, cut anywhere, what a look at each line by itself picks', () => {
  for (let seed = 1; seed <= 250; seed += 1) {
    const random = createRandom(seed);
    const text = randomLines(random);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const source = PATTERNS[seed % PATTERNS.length] ?? '';
    const queries: readonly LogQuery[] = [
      {},
      { grep: new RegExp(source) },
      { grep: new RegExp(source, 'i'), minLevel: 'warn' },
      ...LOG_LEVELS.map((minLevel) => ({ minLevel })),
      { minLevel: 'error', sinceMs: 1_795_358_731_000 },
      { fields: [{ path: 'symbol', value: 'XBTUSD' }] },
      { fields: [{ path: 'fill.symbol', value: '7' }], untilMs: 1_795_358_751_000 },
      { fields: [{ path: 'symbol', value: 'null' }], grep: new RegExp(source) },
      { fields: [{ path: 'symbol', value: '7' }] },
      { fields: [{ path: 'n', value: pick(['42', '-0.5', '0', '1e+21']) }], minLevel: 'warn' },
      { fields: [{ path: 'msg', value: pick(['fill order', 'é', '42', '']) }] },
      { sinceMs: 1_795_358_721_000, untilMs: 1_795_358_741_000, grep: /fill/ },
    ];
    for (const query of queries) {
      assert.deepEqual(
        pickInChunks(text, query, random),
        naivePick(text, query),
        `seed ${seed} ${query.grep?.source} ${JSON.stringify(query)}`,
      );
    }
  }
});

test('a line without a time carries that of the line before it, also when that one was not wanted', () => {
  const text = '{"level":50,"time":1795358711000,"msg":"failed"}\nTypeError: boom\n    at f\n';
  const [first] = new LinePicker({ grep: /boom/ }).push(Buffer.from(text));
  assert.equal(first?.afterMs, 1_795_358_711_000);
  const [second] = new LinePicker({ minLevel: 'error', grep: /at f/ }).push(Buffer.from(text));
  assert.equal(second?.line.raw, '    at f');
});

test('a line of many chunks is picked whole and cut at 1 MB', () => {
  const picker = new LinePicker({ grep: /needle/ });
  assert.deepEqual(picker.push(Buffer.from(`needle ${'x'.repeat(700_000)}`)), []);
  assert.deepEqual(picker.push(Buffer.from('y'.repeat(700_000))), []);
  const [line] = picker.push(Buffer.from('\nnext\n'));
  assert.match(line?.line.raw ?? '', /^needle x+y+ … \(343 KB cut\)$/);
});

test('a pattern that is plain text is known as such, escapes included', () => {
  assert.equal(literalOf(/fill/), 'fill');
  assert.equal(literalOf(/a\.b\/c/), 'a.b/c');
  for (const pattern of [/a.b/, /a|b/, /fill/i, /\d/, /^a/, /(?:)/]) assert.equal(literalOf(pattern), undefined);
});

test('a pattern that could look over a newline is not searched across lines', () => {
  for (const source of ['(?!a)b', '(?<!a)b', '(?<a>b)', '[\\s]', '\\x0a', '\\n', '[^]', '[\\t-z]', '(a)\\1', '\\u000a'])
    assert.equal(acrossLines(new RegExp(source)), undefined, source);
  for (const source of ['a\\s*b', '[^"]*x', '\\D', '[^-a]', '[^\\s]x'])
    assert.equal(acrossLines(new RegExp(source))?.exec(`a\n\n\n`)?.[0].includes('\n') ?? false, false, source);
});
