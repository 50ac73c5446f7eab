import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMemoryOrder } from '../../src/pm2/memory-order.js';

/** As PM2 7.0.4 wrote it, with times shortened. */
const LOG = `2026-11-26T04:58:44.294+00:00: PM2 log: [PM2][WORKER] Process 1 restarted because it exceeds --max-memory-restart value (current_memory=355516416 max_memory_limit=157286400 [octets])
2026-11-26T04:58:44.294+00:00: PM2 log: Stopping app:leaky id:1
2026-11-26T04:58:44.400+00:00: PM2 log: App [leaky:1] exited with code [0] via signal [SIGINT]
2026-11-26T04:58:46.296+00:00: PM2 log: [PM2][WORKER] Process 1 restarted because it exceeds --max-memory-restart value (current_memory=376545280 max_memory_limit=157286400 [octets])
2026-11-26T04:58:46.297+00:00: PM2 log: Stopping app:leaky id:1
2026-11-26T04:58:48.002+00:00: PM2 log: Stopping app:cron id:0
2026-11-26T04:58:48.102+00:00: PM2 log: Stopping app:leaky id:1
`;
const at = (second: string): number => Date.parse(`2026-11-26T04:58:${second}Z`);

test('findMemoryOrder() finds the numbers of the stop that an exit goes back to, and not those of a later one', () => {
  assert.deepEqual(findMemoryOrder(LOG, 'leaky', at('44.400')), { memoryBytes: 355516416, limitBytes: 157286400 });
  assert.deepEqual(findMemoryOrder(LOG, 'leaky', at('46.403')), { memoryBytes: 376545280, limitBytes: 157286400 });
});

test('findMemoryOrder() finds nothing for a stop that nobody ordered for memory, nor for another app', () => {
  assert.equal(findMemoryOrder(LOG, 'leaky', at('48.213')), undefined);
  assert.equal(findMemoryOrder(LOG, 'cron', at('48.041')), undefined);
  assert.equal(findMemoryOrder(LOG, 'other', at('48.041')), undefined);
  assert.equal(findMemoryOrder('', 'leaky', at('48.041')), undefined);
});
