import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { SigctlError } from '../../src/errors.js';
import { readConfig } from '../../src/service/config.js';

const SCHEMA = z.object({
  PORT: z.coerce.number().int().min(1),
  FEED: z.enum(['sim', 'kraken']).default('sim'),
  KRAKEN_API_KEY: z.string().min(20),
});

test('readConfig() returns parsed values with defaults, and ignores variables that the schema does not name', () => {
  const config = readConfig(SCHEMA, { PORT: '3001', KRAKEN_API_KEY: 'x'.repeat(20), HOME: '/root' });
  assert.deepEqual(config, { PORT: 3001, FEED: 'sim', KRAKEN_API_KEY: 'x'.repeat(20) });
});

test('readConfig() lists every fault at once with variable, value found and expectation, and hides secrets', () => {
  assert.throws(
    () => readConfig(SCHEMA, { PORT: 'abc', FEED: 'coinbase', KRAKEN_API_KEY: 'hunter2' }),
    (error: unknown) => {
      assert.ok(error instanceof SigctlError);
      assert.equal(error.code, 'CONFIG_INVALID');
      assert.equal(error.exitCode, 2);
      assert.match(error.message, /PORT is "abc": .*expected number/);
      assert.match(error.message, /FEED is "coinbase": .*"sim"\|"kraken"/);
      assert.match(error.message, /KRAKEN_API_KEY is set \(value hidden\): .*20 characters/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    },
  );
});

test('readConfig() says of a variable that is missing that it is not set', () => {
  assert.throws(() => readConfig(z.object({ SYMBOL: z.string() }), {}), /SYMBOL is not set: .*expected string/);
});
