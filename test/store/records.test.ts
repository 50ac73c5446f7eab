import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDesired, writeDesired } from '../../src/store/desired.js';
import { readEvents, recordEvent } from '../../src/store/events.js';
import { readFact, writeFact } from '../../src/store/facts.js';
import { pruneIntents, readIntent, recordIntent } from '../../src/store/intents.js';
import { twoConnections } from './two-connections.js';

test('writeDesired() keeps the latest request for each service, and readDesired() sees it from another connection', (t) => {
  const { a, b } = twoConnections(t);
  writeDesired(a, { service: 'trading', wanted: 'running', nowMs: 1, actor: 'ann', manifestHash: 'f00' });
  writeDesired(b, { service: 'signals', wanted: 'stopped', nowMs: 2, actor: 'bob' });
  writeDesired(b, { service: 'trading', wanted: 'stopped', nowMs: 3, actor: 'bob', manifestHash: 'f01' });
  assert.deepEqual(readDesired(a), [
    { service: 'signals', wanted: 'stopped', sinceMs: 2, actor: 'bob', manifestHash: null },
    { service: 'trading', wanted: 'stopped', sinceMs: 3, actor: 'bob', manifestHash: 'f01' },
  ]);
});

test('writeFact() replaces, and readFact() of something never written is undefined', (t) => {
  const { a, b } = twoConnections(t);
  assert.equal(readFact(a, 'mode'), undefined);
  writeFact(a, 'mode', 'minimal');
  writeFact(b, 'mode', 'full');
  assert.equal(readFact(a, 'mode'), 'full');
});

test('readEvents() gives the newest events, oldest first, of one service and time where asked', (t) => {
  const { a, b } = twoConnections(t);
  for (const atMs of [1, 2, 3, 3]) recordEvent(a, { atMs, service: 'trading', kind: 'start', actor: 'ann' });
  recordEvent(b, {
    atMs: 4,
    service: 'feed',
    instance: '1',
    kind: 'exit',
    actor: 'pm2',
    cause: 'crash',
    pid: 7,
    exitCode: 3,
    exitSignal: 'SIGKILL',
    manifestHash: 'f00',
    version: '1.2.3',
    memoryBytes: 4096,
    logTail: ['last', 'words'],
    detail: { limit: 5 },
  });
  const times = (query: Parameters<typeof readEvents>[1]) => readEvents(a, query).map((event) => event.atMs);
  assert.deepEqual(times({ limit: 10 }), [1, 2, 3, 3, 4]);
  assert.deepEqual(times({ limit: 2 }), [3, 4]);
  assert.deepEqual(times({ service: 'trading', sinceMs: 2, limit: 10 }), [2, 3, 3]);
  assert.deepEqual(readEvents(a, { service: 'feed', limit: 1 }), [
    {
      atMs: 4,
      service: 'feed',
      instance: '1',
      kind: 'exit',
      cause: 'crash',
      actor: 'pm2',
      pid: 7,
      exitCode: 3,
      exitSignal: 'SIGKILL',
      manifestHash: 'f00',
      version: '1.2.3',
      memoryBytes: 4096,
      logTail: ['last', 'words'],
      detail: { limit: 5 },
    },
  ]);
});

test('recordIntent() keeps the first intent for a process, and readIntent() finds it by start id or identity', (t) => {
  const { a, b } = twoConnections(t);
  const exit = { kind: 'exit', process: { pid: 7, startToken: '99' } } as const;
  recordIntent(a, {
    key: 'web',
    subject: exit,
    cause: 'memory-limit',
    actor: 'watchdog',
    atMs: 1,
    detail: { mb: 512 },
  });
  recordIntent(b, { key: 'web', subject: exit, cause: 'operator', actor: 'ann', atMs: 2 });
  recordIntent(b, { key: 'web', subject: { kind: 'start', startId: 'x' }, cause: 'operator', actor: 'ann', atMs: 3 });
  assert.deepEqual(readIntent(b, 'web', exit), {
    key: 'web',
    kind: 'exit',
    cause: 'memory-limit',
    actor: 'watchdog',
    atMs: 1,
    detail: { mb: 512 },
  });
  assert.equal(readIntent(a, 'web', { kind: 'start', startId: 'x' })?.cause, 'operator');
  assert.equal(readIntent(a, 'web', { kind: 'exit', process: { pid: 7, startToken: '100' } }), undefined);
  pruneIntents(a, 3);
  assert.equal(readIntent(a, 'web', exit), undefined);
});
