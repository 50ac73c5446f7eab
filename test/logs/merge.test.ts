import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isLogRule, type LogEntry, type LogRecord } from '../../src/core/log-line.js';
import { LineClock, mergeByTime, type TimedEntry } from '../../src/logs/merge.js';
import { mergeLive } from '../../src/logs/merge-live.js';
import { createRandom } from './random-log.js';

function record(msg: string, atMs?: number): LogRecord {
  return { service: 's', instance: '0', key: 's', atMs, level: undefined, msg, fields: {}, raw: msg, json: false };
}

function timed(msg: string, orderMs: number): TimedEntry {
  return { entry: record(msg, orderMs), orderMs };
}

async function* inBatches(...batches: readonly (readonly TimedEntry[])[]): AsyncGenerator<readonly TimedEntry[]> {
  for (const batch of batches) {
    await Promise.resolve();
    yield batch;
  }
}

async function messages(merged: AsyncIterable<readonly LogEntry[]>): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of merged)
    all.push(...batch.map((entry) => (isLogRule(entry) ? entry.happening.kind : entry.msg)));
  return all;
}

test('a line without a time has that of the line before it, and the first ones that of the first time after them', () => {
  const clock = new LineClock(99);
  const clocked = (msg: string, atMs?: number) => ({ record: record(msg, atMs) });
  const first = clock.time([clocked('banner'), clocked('a', 10), clocked('trace'), clocked('b', 12)]);
  assert.deepEqual(
    first.map(({ orderMs }) => orderMs),
    [10, 10, 10, 12],
  );
  assert.deepEqual(
    clock.time([clocked('more trace')]).map(({ orderMs }) => orderMs),
    [12],
  );
});

test('a log without any time has the time of its last write', () => {
  assert.deepEqual(
    new LineClock(99).time([{ record: record('a') }, { record: record('b') }]).map(({ orderMs }) => orderMs),
    [99, 99],
  );
});

test('merging orders by time, keeps ties in the order of the sources, and each log in its own order', async () => {
  const left = inBatches([timed('l1', 1), timed('l5', 5)], [], [timed('l3 (clock went back)', 3), timed('l9', 9)]);
  const right = inBatches([timed('r1', 1), timed('r4', 4), timed('r5', 5)], [timed('r8', 8)]);
  assert.deepEqual(await messages(mergeByTime([left, right])), [
    'l1',
    'r1',
    'r4',
    'l5',
    'l3 (clock went back)',
    'r5',
    'r8',
    'l9',
  ]);
});

test('merging equals a stable sort, for any number of logs and any batches', async () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = createRandom(seed);
    const logs = Array.from({ length: Math.floor(random() * 6) }, (_, log) => {
      let atMs = 0;
      return Array.from({ length: Math.floor(random() * 60) }, (_entry, index) => {
        atMs += Math.floor(random() * 3);
        return timed(`${log}:${index}`, atMs);
      });
    });
    const sorted = logs.flat().sort((left, right) => left.orderMs - right.orderMs);
    const sources = logs.map((lines) => {
      const cut = Math.floor(random() * lines.length);
      return inBatches(lines.slice(0, cut), lines.slice(cut));
    });
    assert.deepEqual(
      await messages(mergeByTime(sources)),
      sorted.map(({ entry }) => (isLogRule(entry) ? '' : entry.msg)),
      `seed ${seed}`,
    );
  }
});

test('live lines that arrive together are put in order', async () => {
  const merged = mergeLive([
    inBatches([timed('second', 2), timed('fourth', 4)]),
    inBatches([timed('first', 1), timed('third', 3)]),
  ]);
  assert.deepEqual(await messages(merged), ['first', 'second', 'third', 'fourth']);
});

test('a slow reader holds the logs back instead of filling the memory', async () => {
  let produced = 0;
  async function* endless(): AsyncGenerator<readonly TimedEntry[]> {
    for (;;) {
      await Promise.resolve();
      produced += 1000;
      yield Array.from({ length: 1000 }, (_, index) => timed(`${index}`, produced));
    }
  }
  const merged = mergeLive([endless()]);
  await merged.next();
  // Time enough to read ahead without end, were it not held back.
  for (let turn = 0; turn < 1_000; turn++) await nextTurn();
  assert.ok(produced < 60_000, `${produced} lines were read ahead`);
  await merged.return(undefined);
});

test('the failure of one log ends the merge with its error', async () => {
  async function* failing(): AsyncGenerator<readonly TimedEntry[]> {
    yield [timed('one', 1)];
    throw new Error('disk on fire');
  }
  const never = async function* (): AsyncGenerator<readonly TimedEntry[]> {
    await new Promise(() => undefined);
    yield [];
  };
  await assert.rejects(messages(mergeLive([never(), failing()])), /disk on fire/);
});
