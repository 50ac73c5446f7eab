import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { segmentPath } from '../../../src/logs/segments.js';
import { pidPath } from '../../../src/process/home.js';
import { run, serviceEnv } from '../../service/rig.js';
import { serviceRigs } from '../../service/service-rig.js';
import { until } from '../log-rig.js';
import { followLog, readLastLines } from '../read-log.js';
import {
  assertNumbers,
  assertRising,
  cutsHeads,
  exitOf,
  fixture,
  joinedLines,
  type Project,
  project,
  runKeeper,
  segmentNames,
  startProgram,
  TMPFS,
} from './rotate-rig.js';

const { program } = serviceRigs('numbers');

/** With SIGCTL_LONG=1: a minute of 20,000 lines a second and 20 rotations. Else until there were some rotations. */
const LONG = process.env['SIGCTL_LONG'] === '1';
/** Lines a second. */
const RATE = 20_000;
const COUNT = LONG ? RATE * 60 : Number.MAX_SAFE_INTEGER;
/** A line has some 50 bytes, so that the long form makes 25 or more. */
const MAX_BYTES = LONG ? 2_200_000 : 100_000;
const ROTATIONS = LONG ? 20 : 6;

interface Follower {
  readonly lines: string[];
  stop(): Promise<void>;
}

function follow(t: TestContext, path: string): Follower {
  const stopper = new AbortController();
  t.after(() => stopper.abort());
  const lines: string[] = [];
  const ended = (async () => {
    for await (const batch of followLog({ path, atByte: 0, signal: stopper.signal }))
      for (const line of batch) lines.push(line);
  })();
  return {
    lines,
    stop() {
      stopper.abort();
      return ended;
    },
  };
}

/** The files as they are, the reader of `sigctl logs`, and a follower all have every number once. */
async function assertNothingLost(t: TestContext, { log }: Project, count: number, follower: Follower): Promise<void> {
  const lines = joinedLines(log);
  assertNumbers(lines, count);
  assertNumbers((await readLastLines(log, Number.MAX_SAFE_INTEGER)).lines, count);
  await until('the follower to catch up', () => follower.lines.length >= lines.length).catch(() => undefined);
  await follower.stop();
  assertNumbers(follower.lines, count);
  const rotations = segmentNames(log).length;
  assert.ok(rotations >= ROTATIONS, `only ${rotations} rotations`);
  t.diagnostic(`${rotations} rotations, ${lines.length} lines`);
}

/** Lets a writer go on until its log was rotated often enough; in the long form, until it ends by itself. */
async function untilRotated(writer: ChildProcess, log: string, long: boolean = LONG): Promise<void> {
  if (long) await exitOf(writer);
  else await until('rotations', () => writer.exitCode !== null || segmentNames(log).length >= ROTATIONS);
  writer.kill('SIGTERM');
  assert.equal(await exitOf(writer), 0);
}

async function rotateUnderPlainWriter(
  t: TestContext,
  command: (log: string) => readonly [string, ...string[]],
  maxBytes: number = MAX_BYTES,
): Promise<void> {
  if (!(await cutsHeads())) return t.skip('fallocate --collapse-range does not work on this file system');
  const place = project(t);
  writeFileSync(place.log, '');
  const follower = follow(t, place.log);
  const keeper = runKeeper(t, place, { maxBytes });
  const writer = startProgram(t, command(place.log));
  await untilRotated(writer.child, place.log);
  await keeper.stop();
  assert.deepEqual(keeper.notes, []);
  await assertNothingLost(t, place, Number(writer.printed()), follower);
}

async function rotateUnderKitService(t: TestContext, under?: string): Promise<Project> {
  const place = project(t, under);
  const stdout = openSync(place.log, 'a');
  const follower = follow(t, place.log);
  const keeper = runKeeper(t, place, { maxBytes: MAX_BYTES });
  const env = serviceEnv(place.paths.home, 'numbers', {
    SIGCTL_LOG: place.log,
    NUMBERS: String(COUNT),
    RATE: String(RATE),
  });
  // As the launcher does it: the log is standard output and standard error, and the PID file is written before the command runs.
  const launcher = 'printf %s $$ >"$0"; exec "$@" 2>&1';
  const command = [
    'sh',
    '-c',
    launcher,
    pidPath(place.paths, 'numbers'),
    process.execPath,
    program('numbers'),
  ] as const;
  const service = run(t, [...command], { env, stdout });
  await untilRotated(service.child, place.log);
  await keeper.stop();
  assert.deepEqual(keeper.notes, []);
  const printed = joinedLines(place.log).flatMap((line) => /^printed (\d+)$/.exec(line)?.[1] ?? []);
  await assertNothingLost(t, place, Number(printed[0]), follower);
  return place;
}

test('a plain writer keeps every line once while heads are cut off its log', async (t) => {
  await rotateUnderPlainWriter(t, (log) => ['python3', fixture('numbers.py'), log, String(COUNT), String(RATE)]);
});

test('a shell script keeps every line once while heads are cut off its log', async (t) => {
  await rotateUnderPlainWriter(t, (log) => ['sh', fixture('numbers.sh'), log, String(COUNT)], MAX_BYTES / 4);
});

test('a kit service keeps every line once while heads are cut off its log', async (t) => {
  if (!(await cutsHeads())) return t.skip('fallocate --collapse-range does not work on this file system');
  await rotateUnderKitService(t, undefined);
});

test('a kit service opens its log anew where heads cannot be cut off, and keeps every line once', async (t) => {
  if (!existsSync(TMPFS)) return t.skip(`there is no ${TMPFS}`);
  const { log } = await rotateUnderKitService(t, TMPFS);
  const last = joinedLines(log).slice(-3).join('\n');
  assert.match(last, /^printed \d+$/m, 'what console.error prints goes to the new file');
});

test('the file that a service started with stays as it is until the service ends', async (t) => {
  if (!existsSync(TMPFS)) return t.skip(`there is no ${TMPFS}`);
  const place = project(t, TMPFS);
  writeFileSync(place.log, 'x'.repeat(5_000));
  const fd = openSync(place.log, 'a');
  renameSync(place.log, segmentPath(place.log, 0, 1));
  writeFileSync(place.log, '');
  const keeper = runKeeper(t, place, { keepBytes: 1 });
  await until('a look at the segments', () => keeper.rounds() >= 3);
  assert.deepEqual(segmentNames(place.log), ['numbers.log.19700101T000000Z.000001']);
  writeSync(fd, 'last words');
  closeSync(fd);
  await until('the segment to go', () => segmentNames(place.log).length === 0);
});

test('copy and truncate says that it may lose lines, tears none of those it keeps, and doubles none', async (t) => {
  if (!existsSync(TMPFS)) return t.skip(`there is no ${TMPFS}`);
  const place = project(t, TMPFS);
  writeFileSync(place.log, '');
  const keeper = runKeeper(t, place, { maxBytes: MAX_BYTES });
  const writer = startProgram(t, ['python3', fixture('numbers.py'), place.log, String(COUNT), String(RATE)]);
  await untilRotated(writer.child, place.log, false);
  await keeper.stop();
  const kept = assertRising(joinedLines(place.log));
  assert.equal(keeper.notes.filter((note) => note.includes('lines written at that moment may be lost')).length, 1);
  t.diagnostic(
    `${Number(writer.printed()) - kept} of ${kept} lines lost in ${segmentNames(place.log).length} rotations`,
  );
});
