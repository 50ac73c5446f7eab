import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { segmentPath } from '../../../src/logs/segments.js';
import { run, serviceEnv } from '../../service/rig.js';
import { serviceRigs } from '../../service/service-rig.js';
import { until } from '../log-rig.js';
import { assertRising, joinedLines, project, runKeeper, segmentNames, tornAmong } from './rotate-rig.js';

const { program } = serviceRigs('numbers');
const MEGABYTE = 1024 ** 2;
/** So many looks at the logs the disk stays full. */
const FULL_ROUNDS = process.env['SIGCTL_LONG'] === '1' ? 200 : 40;

/** A disk of its own for a project; `undefined` where this user may not mount. */
function smallDisk(t: TestContext, bytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-small-disk-'));
  const args = ['-t', 'tmpfs', '-o', `size=${bytes}`, 'sigctl-test', folder];
  const mounted = process.getuid?.() === 0 && spawnSync('mount', args).status === 0;
  t.after(() => {
    // Lazily: what a test has left open there must not keep the mount.
    if (mounted) assert.equal(spawnSync('umount', ['-l', folder]).status, 0);
    rmSync(folder, { recursive: true });
  });
  return mounted ? folder : undefined;
}

test('finished segments become archives with the time of their last line', async (t) => {
  const place = project(t);
  const segment = segmentPath(place.log, 0, 1);
  writeFileSync(segment, 'a line\n'.repeat(10_000));
  utimesSync(segment, 1_000, 1_000);
  const keeper = runKeeper(t, place, {});
  await until('an archive', () => existsSync(`${segment}.gz`) && !existsSync(segment));
  await keeper.stop();
  assert.equal(gunzipSync(readFileSync(`${segment}.gz`)).toString(), 'a line\n'.repeat(10_000));
  assert.equal(statSync(`${segment}.gz`).mtimeMs, 1_000_000);
});

test('without gzip segments stay as they are', async (t) => {
  const place = project(t);
  const segment = segmentPath(place.log, 0, 1);
  writeFileSync(segment, 'a line\n');
  const keeper = runKeeper(t, place, { gzip: false });
  await until('some rounds', () => keeper.rounds() >= 3);
  assert.deepEqual(readdirSync(place.paths.logs), ['numbers.log.19700101T000000Z.000001']);
});

test('a log keeps to its total: the oldest segments go, the live file stays', async (t) => {
  const place = project(t);
  for (const number of [1, 2, 3]) writeFileSync(segmentPath(place.log, number, number), 'x'.repeat(10_000));
  writeFileSync(place.log, 'x'.repeat(12_000));
  const keeper = runKeeper(t, place, { keepBytes: 33_000, gzip: false });
  await until('one to go', () => segmentNames(place.log).length === 2);
  await keeper.stop();
  assert.deepEqual(readdirSync(place.paths.logs).sort(), [
    'numbers.log',
    'numbers.log.19700101T000000Z.000002',
    'numbers.log.19700101T000000Z.000003',
  ]);
  assert.match(keeper.notes.join(), /above its total, one old segment \(10 KB\) removed/);
});

test('a log whose first line is old enough is rotated, however small', async (t) => {
  const place = project(t);
  writeFileSync(place.log, 'x'.repeat(9_000));
  const keeper = runKeeper(t, place, { maxAgeMs: 100, gzip: false });
  await until('a rotation', () => segmentNames(place.log).length > 0);
  await keeper.stop();
  assert.equal(joinedLines(place.log).length, 0);
  assert.ok(statSync(place.log).size < 9_000);
});

test("the logs of PM2's daemon and of the watchdog are kept short too", async (t) => {
  const place = project(t);
  mkdirSync(join(place.paths.pm2, 'logs'));
  const logs = [
    join(place.paths.pm2, 'pm2.log'),
    join(place.paths.pm2, 'logs', 'app-out.log'),
    join(place.paths.logs, 'watchdog.log'),
  ];
  for (const log of logs) writeFileSync(log, 'x'.repeat(3 * MEGABYTE));
  runKeeper(t, place, {});
  for (const log of logs) await until(`${log} to be rotated`, () => statSync(log).size < 2 * MEGABYTE);
});

test('what cannot be rotated is said once and not every second', async (t) => {
  const place = project(t);
  mkdirSync(`${place.log}.rotating`);
  writeFileSync(place.log, 'x'.repeat(2 * MEGABYTE));
  const keeper = runKeeper(t, place, {});
  await until('some rounds', () => keeper.rounds() >= 10);
  await keeper.stop();
  assert.equal(keeper.notes.length, 2, keeper.notes.join('\n'));
  assert.equal(statSync(place.log).size, 2 * MEGABYTE);
  rmSync(`${place.log}.rotating`, { recursive: true });
});

test('on a nearly full disk the oldest segments go, once told; the recovery is told too', async (t) => {
  const disk = smallDisk(t, 8 * MEGABYTE);
  if (disk === undefined) return t.skip('mounting a small tmpfs needs root');
  const place = project(t, disk);
  for (const number of [1, 2, 3]) writeFileSync(segmentPath(place.log, number, number), Buffer.alloc(MEGABYTE, 'x'));
  writeFileSync(place.log, 'live\n');
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(3.5 * MEGABYTE));
  const keeper = runKeeper(t, place, { gzip: false }, 2.9 * MEGABYTE);
  await until('a low disk', () => keeper.lows.length === 1 && segmentNames(place.log).length < 3);
  assert.deepEqual(segmentNames(place.log), ['numbers.log.19700101T000000Z.000003']);
  assert.deepEqual(keeper.lows[0]?.removed, { files: 2, bytes: 2 * MEGABYTE });
  rmSync(join(disk, 'ballast'));
  await until('the recovery', () => keeper.recoveries.length === 1);
  assert.equal(keeper.lows.length, 1);
  assert.equal(readFileSync(place.log, 'utf8'), 'live\n');
});

test('while the disk is full the service lives and the memory does not grow; its lines afterwards arrive whole', async (t) => {
  const disk = smallDisk(t, 8 * MEGABYTE);
  if (disk === undefined) return t.skip('mounting a small tmpfs needs root');
  const place = project(t, disk);
  writeFileSync(place.log, '');
  const ballast = join(disk, 'ballast');
  const keeper = runKeeper(t, place, { maxBytes: MEGABYTE, gzip: false }, MEGABYTE);
  const env = serviceEnv(place.paths.home, 'numbers', { NUMBERS: '100000000', RATE: '2000' });
  const service = run(t, ['sh', '-c', 'exec "$@" >>"$0" 2>&1', place.log, process.execPath, program('numbers')], {
    env,
  });
  await until('first lines', () => joinedLines(place.log).length > 100);
  fillUp(ballast);
  await until('a low disk', () => keeper.lows.length === 1);
  const before = joinedLines(place.log).length;
  const residentBytes = process.memoryUsage.rss();
  const round = keeper.rounds();
  await until('looks at a full disk', () => {
    fillUp(ballast);
    return keeper.rounds() >= round + FULL_ROUNDS;
  });
  assert.equal(service.child.exitCode, null, 'the service lives');
  const grownBytes = process.memoryUsage.rss() - residentBytes;
  assert.ok(grownBytes < 50 * MEGABYTE, `grown by ${grownBytes} bytes`);
  rmSync(ballast);
  await until('lines after it', () => joinedLines(place.log).length > before + 2_000);
  service.child.kill('SIGTERM');
  assert.equal((await service.exit).code, 0);
  await keeper.stop();
  const lines = joinedLines(place.log);
  assert.deepEqual(tornAmong(lines.slice(-1_000)), []);
  t.diagnostic(`${assertRising(lines)} lines kept; notes: ${keeper.notes.join('; ')}`);
});

/** Takes what is left of the disk. */
function fillUp(ballast: string): void {
  for (let bytes = MEGABYTE; bytes >= 4096; ) {
    try {
      appendFileSync(ballast, Buffer.alloc(bytes));
    } catch {
      // ENOSPC, which is wanted: smaller pieces until nothing fits.
      bytes /= 2;
    }
  }
}

test('a log that grew far beyond its size between two looks is as short as it should be after one', async (t) => {
  const place = project(t);
  writeFileSync(place.log, Buffer.concat([Buffer.alloc(10 * MEGABYTE, 'x'), Buffer.from('end\n')]));
  const keeper = runKeeper(t, place, { maxBytes: MEGABYTE, keepBytes: 4 * MEGABYTE, gzip: false });
  await until('one round', () => keeper.rounds() >= 1);
  await keeper.stop();
  assert.ok(statSync(place.log).size <= MEGABYTE, String(statSync(place.log).size));
});
