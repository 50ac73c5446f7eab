import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertVariables, channelSecrets, fillVariables } from '../../src/core/alert-variables.js';

const TELEGRAM = { kind: 'telegram', token: '$BOT_TOKEN', chat: '$CHAT', api: 'https://api.telegram.org' } as const;
const WEBHOOK = {
  kind: 'webhook',
  url: 'https://example.org/hook?a=$1',
  headers: { Authorization: `Bearer \${HOOK_TOKEN}` },
} as const;
const COMMAND = { kind: 'command', command: 'notify "$HOOK_TOKEN" "$(hostname)" $1 $lower' } as const;

test('alertVariables() names each variable once, and takes no other $ for one', () => {
  assert.deepEqual(alertVariables([TELEGRAM, WEBHOOK, COMMAND]), ['BOT_TOKEN', 'CHAT', 'HOOK_TOKEN']);
});

test('fillVariables() fills them in wherever they stand, and names those that are not set or empty', () => {
  assert.deepEqual(fillVariables(`Bearer \${A}-$B`, { A: 'x', B: 'y' }), { value: 'Bearer x-y', missing: [] });
  assert.deepEqual(fillVariables('$A$B', { A: '' }).missing, ['A', 'B']);
});

test('channelSecrets() holds values of variables, and what the manifest itself holds', () => {
  const env = { BOT_TOKEN: '110:abc', CHAT: '-1001', HOOK_TOKEN: 'hunter22' };
  assert.deepEqual(channelSecrets(TELEGRAM, env), ['110:abc', '-1001']);
  assert.deepEqual(channelSecrets(WEBHOOK, env), ['https://example.org/hook?a=$1', 'Bearer hunter22', 'hunter22']);
  assert.deepEqual(channelSecrets({ ...TELEGRAM, token: '110:literal' }, env), ['110:literal', '-1001']);
});
