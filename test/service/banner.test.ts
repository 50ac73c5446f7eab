import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderBanner } from '../../src/service/banner.js';

const FACTS = { service: 'trading', instance: '0', version: '1.2.3', mode: 'standard', pid: 812, extra: {} };

test('renderBanner() gives name, version, mode and pid in one plain line, and extra lines in columns', () => {
  assert.equal(renderBanner(FACTS, false), '▲ trading  v1.2.3 · mode standard · pid 812\n');
  assert.equal(
    renderBanner({ ...FACTS, extra: { feed: 'sim:42', strategy: 'crossover' } }, false),
    '▲ trading  v1.2.3 · mode standard · pid 812\n  feed      sim:42\n  strategy  crossover\n',
  );
});

test('renderBanner() leaves out what is not known, and names an instance other than the first', () => {
  const facts = { ...FACTS, instance: '2', version: undefined, mode: undefined };
  assert.equal(renderBanner(facts, false), '▲ trading 2  pid 812\n');
});
