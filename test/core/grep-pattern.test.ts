import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePattern } from '../../src/core/grep-pattern.js';

test('a pattern is compiled, with or without case', () => {
  assert.deepEqual(parsePattern('a(b|c)', { ignoreCase: false }), { ok: true, pattern: /a(b|c)/ });
  assert.deepEqual(parsePattern('a', { ignoreCase: true }), { ok: true, pattern: /a/i });
});

test('of a broken pattern the place is told at which it cannot be mended any more, or the part that stays open', () => {
  const broken: readonly (readonly [string, number])[] = [
    ['foo(bar', 3],
    ['((a)', 0],
    ['(a|b', 0],
    ['a)b', 1],
    ['[abc', 0],
    ['a(b[c)d', 3],
    ['*a', 0],
    ['a**', 2],
    ['a{2,1}', 5],
    ['[z-a]', 3],
    ['\\)[z-a]', 5],
    ['x\\', 1],
    ['(?<a', 0],
    ['foo(?<n>a)(?<n>b)', 14],
  ];
  for (const [text, at] of broken) {
    const parsed = parsePattern(text, { ignoreCase: false });
    assert.equal(parsed.ok, false, text);
    assert.equal(!parsed.ok && parsed.at, at, text);
  }
});
