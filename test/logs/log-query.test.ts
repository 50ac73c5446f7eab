import assert from 'node:assert/strict';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isLogRule } from '../../src/core/log-line.js';
import { contextAfter, type LineContext, type LogQuery, matchesQuery } from '../../src/core/log-query.js';
import { type ReadLogsOptions, readLogs } from '../../src/logs/log-reader.js';
import { parseLine } from '../../src/logs/parse-line.js';
import { segmentPath } from '../../src/logs/segments.js';
import { tempFolder } from './log-rig.js';
import { createRandom, naiveLastLines } from './random-log.js';

const START_MS = 1_795_358_711_000;

async function read(path: string, part: Partial<ReadLogsOptions>): Promise<string[]> {
  const options = {
    sources: [{ service: 's', instance: '0', key: 's' }],
    follow: false,
    signal: new AbortController().signal,
    ...part,
  };
  const lines: string[] = [];
  for await (const batch of readLogs(() => path, options)) {
    for (const entry of batch) lines.push(isLogRule(entry) ? entry.happening.kind : entry.raw);
  }
  return lines;
}

function naiveRead(text: string, query: LogQuery, count: number): string[] {
  let context: LineContext = { atMs: undefined, level: undefined };
  const wanted = naiveLastLines(text, Number.POSITIVE_INFINITY).filter((raw) => {
    const line = parseLine(raw);
    const matches = matchesQuery(query, line, context);
    context = contextAfter(line, context);
    return matches;
  });
  return count === 0 ? [] : wanted.slice(-count);
}

/** Short, where the lines are many and long. */
function firstDifference(found: readonly string[], wanted: readonly string[]): string | undefined {
  const at = wanted.findIndex((line, index) => line !== found[index]);
  if (at === -1 && found.length === wanted.length) return undefined;
  const show = (lines: readonly string[]) => `${lines.length} lines, ${at}: ${lines[at]?.slice(0, 80)}`;
  return `found ${show(found)}, wanted ${show(wanted)}`;
}

/** Lines of rising time, some without, and fillers that make blocks of reading end in the middle of things. */
function timedLog(random: () => number): string {
  let atMs = START_MS;
  let text = `${JSON.stringify({ level: 30, time: atMs, msg: 'first' })}\n`;
  for (let left = Math.floor(random() * 1_500); left > 0; left -= 1) {
    atMs += Math.floor(random() ** 4 * 2_000_000);
    const filler = `${left} `.repeat(Math.floor(random() ** 8 * 4_000));
    const level = [20, 30, 40, 50][Math.floor(random() * 4)];
    text +=
      random() < 0.2
        ? `    at trace ${filler}\n`
        : `${JSON.stringify({ level, time: atMs, msg: `m${left % 7}`, filler })}\n`;
  }
  return random() < 0.3 ? `${text}    at the unfinished end m3` : text;
}

/** Writes the log in random parts, some compressed. */
async function writeParts(path: string, bytes: Buffer, random: () => number): Promise<void> {
  let start = 0;
  for (let number = 1; number <= Math.floor(random() * 4); number += 1) {
    const end = start + Math.floor(random() * (bytes.length - start + 1));
    const segment = segmentPath(path, START_MS + number * 1000, number);
    const part = bytes.subarray(start, end);
    if (random() < 0.5) await writeFile(`${segment}.gz`, gzipSync(part));
    else await writeFile(segment, part);
    start = end;
  }
  await writeFile(path, bytes.subarray(start));
}

test('any filter, time and number of lines gives what a look at each line of all parts gives', async (t) => {
  const folder = await tempFolder(t);
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = createRandom(seed);
    const text = timedLog(random);
    const path = join(folder, `${seed}.log`);
    await writeParts(path, Buffer.from(text), random);
    const span = text.length * 30;
    const sinceMs = START_MS + Math.floor(random() * span);
    const queries: readonly LogQuery[] = [
      {},
      { sinceMs },
      { untilMs: sinceMs },
      { sinceMs, untilMs: sinceMs + Math.floor((random() * span) / 4) },
      { grep: /m3/ },
      { grep: /m[35]/, minLevel: 'warn', sinceMs },
      { minLevel: 'error', untilMs: sinceMs },
      { fields: [{ path: 'msg', value: 'm1' }] },
      // Written as 40.
      { fields: [{ path: 'level', value: 'warn' }] },
    ];
    for (const query of queries) {
      for (const count of [undefined, 1, 10, 100_000]) {
        const lines = await read(path, { query, ...(count === undefined ? {} : { lines: count }) });
        const fault = firstDifference(lines, naiveRead(text, query, count ?? Number.POSITIVE_INFINITY));
        assert.equal(fault, undefined, `seed ${seed}, ${JSON.stringify(query)}, last ${count}: ${fault}`);
      }
    }
  }
});

test('a line whose clock was half a minute off is found all the same', async (t) => {
  const path = join(await tempFolder(t), 's.log');
  const line = (second: number) => JSON.stringify({ level: 30, time: START_MS + second * 1000, msg: `${second}` });
  const seconds = Array.from({ length: 20_000 }, (_, index) => (index % 100 === 50 ? index - 30 : index));
  await writeFile(path, seconds.map((second) => `${line(second)}\n`).join(''));
  const [from, to] = [10_000, 10_100];
  const query = { sinceMs: START_MS + from * 1000, untilMs: START_MS + to * 1000 };
  assert.deepEqual(await read(path, { query }), seconds.filter((second) => second >= from && second <= to).map(line));
});

test('a log without any time has that of its last write', async (t) => {
  const path = join(await tempFolder(t), 's.log');
  await writeFile(path, 'one\ntwo\n');
  await utimes(path, new Date(START_MS), new Date(START_MS));
  assert.deepEqual(await read(path, { query: { sinceMs: START_MS + 1 } }), []);
  assert.deepEqual(await read(path, { query: { sinceMs: START_MS - 1 } }), ['one', 'two']);
});

test('filters hold for lines that are followed, wherever a write cuts them', async (t) => {
  const path = join(await tempFolder(t), 's.log');
  await writeFile(path, '{"level":30,"msg":"old"}\n{"level":50,"msg":"old failure"}\n{"level":50,"ms');
  const stopper = new AbortController();
  const seen: string[] = [];
  const query: LogQuery = { minLevel: 'warn' };
  for await (const batch of readLogs(() => path, {
    sources: [{ service: 's', instance: '0', key: 's' }],
    lines: 1,
    query,
    follow: true,
    signal: stopper.signal,
  })) {
    for (const entry of batch) seen.push(isLogRule(entry) ? '' : entry.msg);
    if (seen.length === 1) await writeFile(path, 'g":"new failure"}\n{"level":30,"msg":"quiet"}\n', { flag: 'a' });
    if (seen.length === 2) await writeFile(path, '{"level":40,"msg":"end"}\n', { flag: 'a' });
    if (seen.length === 3) stopper.abort();
  }
  assert.deepEqual(seen, ['old failure', 'new failure', 'end']);
});
