import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStack } from '../../src/manifest/stack-snapshot.js';
import { makeProject, requestFor } from './request.js';

const PACKAGE = join(import.meta.dirname, '../..');
const SHIPPED = join(PACKAGE, 'ecosystem.config.cjs');
const COMPLETE = { shellEnv: {}, home: '/nonexistent/.sigctl' };

test('the shipped stack is valid, has nothing without effect, and has its three modes', async () => {
  const stack = await readStack(requestFor(SHIPPED, COMPLETE));
  assert.deepEqual(stack.notes, []);
  assert.deepEqual(stack.modes, {
    minimal: ['website', 'trading'],
    standard: ['website', 'trading', 'market-data'],
    full: ['website', 'trading', 'market-data'],
  });
});

test('the shipped stack limits memory, and readiness and health are as documented', async () => {
  const { services } = await readStack(requestFor(SHIPPED, COMPLETE));
  const megabytes = services.map((spec) => [spec.name, (spec.memoryLimitBytes ?? 0) / 1024 ** 2]);
  assert.deepEqual(Object.fromEntries(megabytes), { website: 512, trading: 2048, 'market-data': 1024 });
  const [website, trading, marketData] = services;
  assert.deepEqual(website?.ready, { kind: 'http', path: '/health', port: 3001, withinMs: 20_000 });
  assert.deepEqual(trading?.ready, { kind: 'heartbeat', withinMs: 20_000 });
  assert.deepEqual(trading?.health.progress, { name: 'cycle', withinMs: 90_000 });
  assert.deepEqual(marketData?.health.progress, { name: 'candle', withinMs: 90_000 });
  assert.deepEqual(trading?.after, ['market-data']);
  assert.equal(trading?.killTimeoutMs, 15_000);
});

test("the website follows the shell's PORT", async () => {
  const { services } = await readStack(requestFor(SHIPPED, { ...COMPLETE, shellEnv: { PORT: '4001' } }));
  assert.equal(services[0]?.port, 4001);
});

test('another project runs the shipped stack from its own folder by one line', async (t) => {
  const line = `module.exports = require(${JSON.stringify(SHIPPED)});`;
  const root = makeProject(t, { 'ecosystem.config.cjs': line });
  const { services, root: stackRoot } = await readStack(requestFor(join(root, 'ecosystem.config.cjs')));
  assert.equal(stackRoot, root);
  assert.equal(services[1]?.script, join(PACKAGE, 'dist/services/trading/main.js'));
  assert.equal(services[1]?.cwd, root);
});
