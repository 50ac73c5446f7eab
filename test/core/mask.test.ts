import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskSecrets, secretValues } from '../../src/core/mask.js';

test('secretValues() takes the values of variables whose name tells a secret, longest first, each once', () => {
  assert.deepEqual(
    secretValues(
      { API_TOKEN: 'abcdef', LOG_LEVEL: 'debug-level', DB_PASSWORD: 'abcdef-and-more' },
      { telegram_secret: 'abcdef', UNSET_KEY: undefined },
    ),
    ['abcdef-and-more', 'abcdef'],
  );
});

test('secretValues() leaves out values so short that they would black out ordinary words', () => {
  assert.deepEqual(secretValues({ USE_TOKEN: '1', PRIVATE: 'yes' }), []);
});

test('maskSecrets() masks each value wherever it stands, also URL-encoded', () => {
  assert.equal(
    maskSecrets('GET /?token=a%2Fb%2Fc%2Fd failed: a/b/c/d refused', ['a/b/c/d']),
    'GET /?token=***** failed: ***** refused',
  );
});

test('maskSecrets() masks the password of a URL that no variable tells', () => {
  assert.equal(
    maskSecrets('cannot reach postgres://ann:hunter2@db.local:5432/x', []),
    'cannot reach postgres://ann:*****@db.local:5432/x',
  );
  assert.equal(maskSecrets('listening on http://127.0.0.1:3001', []), 'listening on http://127.0.0.1:3001');
});
