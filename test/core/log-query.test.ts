import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParsedLine } from '../../src/core/log-line.js';
import { contextAfter, type LogQuery, matchesQuery } from '../../src/core/log-query.js';

const NO_CONTEXT = { atMs: undefined, level: undefined };

function json(fields: Readonly<Record<string, unknown>>, part: Partial<ParsedLine> = {}): ParsedLine {
  return { atMs: 5, level: 'info', msg: 'done', fields, raw: '{}', json: true, ...part };
}

function text(raw: string): ParsedLine {
  return { atMs: undefined, level: undefined, msg: raw, fields: {}, raw, json: false };
}

function matches(query: LogQuery, line: ParsedLine): boolean {
  return matchesQuery(query, line, NO_CONTEXT);
}

test('a field is found by name, by path, and in lists, whatever its type', () => {
  const line = json({
    symbol: 'XBTUSD',
    count: 3,
    open: true,
    none: null,
    fill: { side: 'buy', legs: [{ id: 'a' }, { id: 'b' }] },
    tags: ['x', 'y'],
    'log.origin': 'core',
    'a.b': { c: 1 },
  });
  const has = (path: string, value: string) => matches({ fields: [{ path, value }] }, line);
  for (const [path, value] of [
    ['symbol', 'XBTUSD'],
    ['count', '3'],
    ['open', 'true'],
    ['none', 'null'],
    ['fill.side', 'buy'],
    ['fill.legs.id', 'b'],
    ['tags', 'y'],
    ['log.origin', 'core'],
    ['a.b.c', '1'],
    ['level', 'info'],
    ['msg', 'done'],
  ] as const)
    assert.equal(has(path, value), true, `${path}=${value}`);
  for (const [path, value] of [
    ['symbol', 'XBT'],
    ['fill', '[object Object]'],
    ['fill.side.x', 'buy'],
    ['toString', ''],
    ['missing', 'undefined'],
    ['tags', 'x,y'],
  ] as const)
    assert.equal(has(path, value), false, `${path}=${value}`);
});

test('all fields are needed, and plain text has none', () => {
  const fields = [
    { path: 'a', value: '1' },
    { path: 'b', value: '2' },
  ];
  assert.equal(matches({ fields }, json({ a: 1, b: 2 })), true);
  assert.equal(matches({ fields }, json({ a: 1 })), false);
  assert.equal(matches({ fields: [{ path: 'a', value: '1' }] }, text('a=1')), false);
});

test('a level lets more urgent ones through, and counts a word of the writer as info', () => {
  const at = (level: string | undefined) => matches({ minLevel: 'warn' }, json({}, { level }));
  assert.deepEqual(['debug', 'info', 'audit', undefined, 'warn', 'error', 'fatal'].map(at), [
    ...[false, false, false, false],
    ...[true, true, true],
  ]);
  assert.equal(matches({ minLevel: 'info' }, json({}, { level: 'audit' })), true);
});

test('times are inclusive, and a line of which no time is known passes', () => {
  const within = (atMs: number | undefined) => matches({ sinceMs: 4, untilMs: 6 }, json({}, { atMs }));
  assert.deepEqual([3, 4, 6, 7, undefined].map(within), [false, true, true, false, true]);
});

test('a stack trace has the time and level of the line above it, until another line says something', () => {
  const failed = contextAfter(json({}, { atMs: 3, level: 'error' }), NO_CONTEXT);
  const inTrace = contextAfter(text('    at f'), failed);
  assert.deepEqual(inTrace, { atMs: 3, level: 'error' });
  assert.equal(matchesQuery({ minLevel: 'error', sinceMs: 4 }, text('    at g'), inTrace), false);
  assert.equal(matchesQuery({ minLevel: 'error', sinceMs: 3 }, text('    at g'), inTrace), true);
  // JSON without a level is no continuation of a failure.
  assert.equal(matchesQuery({ minLevel: 'error' }, json({}, { level: undefined }), inTrace), false);
});
