import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishKeys, parseKeys } from '../../../src/core/top/top-key.js';

const kinds = (input: string) => parseKeys(input).keys.map((key) => (key.kind === 'char' ? key.char : key.kind));

test('parseKeys() knows letters, arrows of both modes, control keys and characters of any script', () => {
  assert.deepEqual(kinds('jé🚀'), ['j', 'é', '🚀']);
  assert.deepEqual(kinds('\u001b[A\u001bOB\u001b[5~\u001b[H'), ['up', 'down', 'page-up', 'home']);
  assert.deepEqual(kinds('\u0003\u001a\r\u007f\t'), ['ctrl-c', 'ctrl-z', 'enter', 'backspace', 'tab']);
});

test('parseKeys() passes over sequences that mean nothing here, whole', () => {
  assert.deepEqual(kinds('\u001b[1;5Cq'), ['q']);
  assert.deepEqual(kinds('\u001b[24~\u0001x'), ['x']);
});

test('an arrow that arrives in two pieces is an arrow, and an escape that stays alone is one', () => {
  const first = parseKeys('\u001b');
  assert.deepEqual(first, { keys: [], rest: '\u001b' });
  assert.deepEqual(parseKeys(`${first.rest}[A`), { keys: [{ kind: 'up' }], rest: '' });
  assert.deepEqual(finishKeys(first.rest), [{ kind: 'escape' }]);
  assert.deepEqual(finishKeys('\u001b['), []);
});

test('pasted text is no row of keys, so that it cannot stop a service', () => {
  const { keys } = parseKeys('\u001b[200~xy\u001b[201~');
  assert.deepEqual(keys, [{ kind: 'paste', text: 'xy' }]);
});
