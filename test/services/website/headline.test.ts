import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarize } from '../../../src/services/website/headline.js';
import { report, snapshot } from './literals.js';

const DONE = { verdict: 'stopped', pid: null, reason: 'completed with code 0' } as const;

test('a oneshot service that has done its work is no trouble to tell', () => {
  const value = [report('website'), report('trading'), report('migrate', DONE)];
  const { tone, title } = summarize(snapshot({ services: { kind: 'read', value } }));
  assert.deepEqual([tone, title], ['good', 'All 2 services are healthy']);
  const alone = summarize(snapshot({ services: { kind: 'read', value: [report('migrate', DONE)] } }));
  assert.deepEqual([alone.tone, alone.title], ['good', 'All work is done']);
});

test('the worst services make the headline', () => {
  const value = [report('website'), report('trading', { verdict: 'hung', reason: 'last heartbeat 20s ago' })];
  const { tone, title } = summarize(snapshot({ services: { kind: 'read', value } }));
  assert.deepEqual([tone, title], ['bad', 'trading is hung']);
});
