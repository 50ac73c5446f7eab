import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine } from '../../src/logs/parse-line.js';
import { createRandom } from './random-log.js';

const AT_MS = Date.UTC(2026, 10, 22, 14, 45, 11, 123);

test("pino's JSON gives time, level, message and the rest as fields", () => {
  const raw = `{"level":30,"time":${AT_MS},"pid":7,"symbol":"XBTUSD","msg":"bought"}`;
  assert.deepEqual(parseLine(raw), {
    atMs: AT_MS,
    level: 'info',
    msg: 'bought',
    fields: { pid: 7, symbol: 'XBTUSD' },
    raw,
    json: true,
  });
});

test('JSON of other loggers is understood', () => {
  const lines: readonly (readonly [string, number | undefined, string | undefined, string])[] = [
    ['{"timestamp":"2026-11-22T14:45:11.123Z","level":"warning","message":"winston"}', AT_MS, 'warn', 'winston'],
    ['{"ts":1795358711.123,"level":"error","msg":"zap"}', AT_MS, 'error', 'zap'],
    ['{"@timestamp":"2026-11-22T15:45:11.123+01:00","log.level":"INFO","message":"ecs"}', AT_MS, 'info', 'ecs'],
    ['{"time":"2026-11-22T14:45:11.123456789Z","level":"DEBUG","msg":"slog"}', AT_MS, 'debug', 'slog'],
    ['{"event":"structlog","level":"critical","timestamp":"2026-11-22 14:45:11,123Z"}', AT_MS, 'fatal', 'structlog'],
    ['{"severity":"NOTICE","time":"1795358711123","message":"gcp"}', AT_MS, 'info', 'gcp'],
    [
      '{"level":35,"time":1795358711123000,"msg":"custom level, microseconds"}',
      AT_MS,
      'info',
      'custom level, microseconds',
    ],
    ['{"level":"audit","msg":"own word"}', undefined, 'audit', 'own word'],
    ['{"level":{"a":1},"time":"soon","msg":42}', undefined, undefined, ''],
  ];
  for (const [raw, atMs, level, msg] of lines) {
    const parsed = parseLine(raw);
    assert.deepEqual([parsed.atMs, parsed.level, parsed.msg], [atMs, level, msg], raw);
  }
});

test('plain text is its own message, with the time that it begins with', () => {
  const lines: readonly (readonly [string, number | undefined, string?])[] = [
    ['2026-11-22T14:45:11.123Z started', AT_MS],
    ['[2026-11-22T14:45:11.123Z] started', AT_MS],
    ['\u001b[32m[2026-11-22 15:45:11.123 +0100]\u001b[0m started', AT_MS],
    ['2026-11-22 14:45:11,123 - root - INFO - python', new Date(2026, 10, 22, 14, 45, 11, 123).getTime(), 'info'],
    ['2026-13-45T99:99:99Z nonsense', undefined],
    ['started at 2026-11-22T14:45:11.123Z', undefined],
    ['', undefined],
  ];
  for (const [raw, atMs, level] of lines) {
    assert.deepEqual(parseLine(raw), { atMs, level, msg: raw, fields: {}, raw, json: false });
  }
});

test('plain text has the level that a logger put near its start, and none that only stands in its words', () => {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['2026-11-22 14:45:11,123 - root - WARNING - python', 'warn'],
    ['ERROR:root:python', 'error'],
    ['[error] nginx', 'error'],
    ['\u001b[31mWARN\u001b[0m  coloured', 'warn'],
    ['time=2026-11-22T14:45:11Z level=WARN msg=logfmt', 'warn'],
    ['[2026-11-22T14:45:11Z INFO  mod] env_logger', 'info'],
    ['2026-11-22T14:45:11Z the log says error', undefined],
    ['an ERROR here', undefined],
    ['Error: boom', undefined],
    ['    at report (ERROR)', undefined],
    ['INFORMATIONAL', undefined],
    ['-ERROR', undefined],
  ];
  for (const [raw, level] of lines) assert.equal(parseLine(raw).level, level, raw);
});

test('what only looks like JSON is text', () => {
  for (const raw of ['{', '{}x', '{"a":', '[1]', '"text"', '{"msg":"cut', '{not json}', 'null']) {
    assert.deepEqual([parseLine(raw).json, parseLine(raw).msg], [false, raw]);
  }
});

test('a key such as __proto__ stays a field and changes no object', () => {
  const parsed = parseLine('{"__proto__":{"polluted":true},"constructor":1,"msg":"x"}');
  assert.deepEqual(Object.keys(parsed.fields), ['__proto__', 'constructor']);
  assert.equal('polluted' in {}, false);
  assert.equal(Object.getPrototypeOf(parsed.fields), Object.prototype);
});

test('no line makes it throw or hang: deep, huge, random', () => {
  const random = createRandom(7);
  const hostile = [
    `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    `{"msg":"${'x'.repeat(1_000_000)}"}`,
    '\u001b[0m['.repeat(100_000),
    '2026-11-22T'.repeat(100_000),
    '1'.repeat(1_000_000),
    '{"time":1e308,"level":-1e308}',
    `{"time":"${'9'.repeat(200_000)}"}`,
    '{"time":-1,"level":0,"msg":"\\u0000\\ud800"}',
  ];
  for (const raw of hostile) assert.equal(parseLine(raw).raw, raw);
  for (let round = 0; round < 2000; round += 1) {
    const raw = Array.from(
      { length: Math.floor(random() * 40) },
      () => '{}[]":,\\0e9T-Zau\u001b'[Math.floor(random() * 18)],
    ).join('');
    assert.equal(parseLine(`{${raw}}`).raw, `{${raw}}`);
  }
});
