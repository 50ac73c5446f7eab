import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLogRule, type LogRecord, type LogSource } from '../../src/core/log-line.js';
import { hasLog, readLogs } from '../../src/logs/log-reader.js';
import { faultIn, startWriter, tempFolder, until } from './log-rig.js';

function source(service: string): LogSource {
  return { service, instance: '0', key: service };
}

interface Reading {
  readonly records: LogRecord[];
  stop(): Promise<void>;
  readonly ended: Promise<void>;
}

function read(t: TestContext, folder: string, services: readonly string[], lines: number, follow: boolean): Reading {
  const stopper = new AbortController();
  t.after(() => stopper.abort());
  const records: LogRecord[] = [];
  const options = { sources: services.map(source), lines, follow, signal: stopper.signal };
  const ended = (async () => {
    for await (const batch of readLogs((key) => join(folder, `${key}.log`), options)) {
      assert.ok(batch.length > 0);
      for (const entry of batch) if (!isLogRule(entry)) records.push(entry);
    }
  })();
  return {
    records,
    ended,
    stop: () => {
      stopper.abort();
      return ended;
    },
  };
}

const messages = (reading: Reading) => reading.records.map(({ key, msg }) => `${key}: ${msg}`);
const pino = (msg: string, atMs: number) => `${JSON.stringify({ level: 30, time: 1_795_358_711_000 + atMs, msg })}\n`;

test('the last lines of several services come as one sequence by time', async (t) => {
  const folder = await tempFolder(t);
  const trading = [pino('old', 0), pino('a', 1), pino('c', 3), 'a stack\n', pino('e', 5)];
  await writeFile(join(folder, 'trading.log'), trading.join(''));
  await writeFile(join(folder, 'web.log'), pino('b', 2) + pino('d', 4));
  const reading = read(t, folder, ['trading', 'web', 'silent'], 4, false);
  await reading.ended;
  assert.deepEqual(messages(reading), [
    'trading: a',
    'web: b',
    'trading: c',
    'trading: a stack',
    'web: d',
    'trading: e',
  ]);
});

test('the last line is shown whole if its writer finishes it meanwhile, else as it is', async (t) => {
  const folder = await tempFolder(t);
  await writeFile(join(folder, 'web.log'), 'one\nunfini');
  const reading = read(t, folder, ['web'], 5, false);
  await reading.ended;
  assert.deepEqual(messages(reading), ['web: one', 'web: unfini']);
});

test('following goes on where the last lines ended: no line is missing or doubled under a writer at full speed', async (t) => {
  const folder = await tempFolder(t);
  const path = join(folder, 'trading.log');
  const count = 100_000;
  await writeFile(path, '');
  await startWriter(t, path, count);
  await until('some lines', () => hasLog(path));
  const reading = read(t, folder, ['trading'], count, true);
  await until('all lines', () => reading.records.length >= count);
  await reading.stop();
  assert.equal(
    faultIn(
      reading.records.map(({ msg }) => msg),
      count,
    ),
    undefined,
  );
});

test('following with 0 lines shows only what is new, and an unfinished line once it is complete', async (t) => {
  const folder = await tempFolder(t);
  const path = join(folder, 'web.log');
  await writeFile(path, 'old\nbegun ');
  const reading = read(t, folder, ['web', 'later', 'probe'], 0, true);
  // The logs are opened one after the other, so a line of the last proves that all are being followed.
  await until('a probe', async () => {
    await appendFile(join(folder, 'probe.log'), 'probe\n');
    return reading.records.length > 0;
  });
  await appendFile(path, 'and done\nnew\n');
  await writeFile(join(folder, 'later.log'), 'hello\n');
  const heard = () => messages(reading).filter((message) => message !== 'probe: probe');
  await until('three lines', () => heard().length === 3);
  await reading.stop();
  assert.deepEqual(heard().sort(), ['later: hello', 'web: begun and done', 'web: new']);
});

test('followed lines of 20 services arrive, and stopping leaves nothing open', async (t) => {
  const folder = await tempFolder(t);
  const services = Array.from({ length: 20 }, (_, index) => `s${index}`);
  const reading = read(t, folder, services, 10, true);
  for (const service of services) await appendFile(join(folder, `${service}.log`), `from ${service}\n`);
  await until('20 lines', () => reading.records.length === 20);
  await reading.stop();
  assert.deepEqual(new Set(messages(reading)), new Set(services.map((service) => `${service}: from ${service}`)));
});

test('a reader that stops in the middle of following ends it', async (t) => {
  const folder = await tempFolder(t);
  await writeFile(join(folder, 'web.log'), 'one\n');
  const stopper = new AbortController();
  t.after(() => stopper.abort());
  const options = { sources: [source('web')], lines: 1, follow: true, signal: stopper.signal };
  for await (const [first] of readLogs((key) => join(folder, `${key}.log`), options)) {
    assert.ok(first !== undefined && !isLogRule(first));
    assert.equal(first.msg, 'one');
    break;
  }
});
