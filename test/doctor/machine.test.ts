import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeClock } from '../../src/doctor/checks/clock.js';
import { checkDisk, judgeDisk } from '../../src/doctor/checks/disk.js';
import { judgeFlock } from '../../src/doctor/checks/flock.js';
import { judgeLogs, judgeRotation } from '../../src/doctor/checks/logs.js';
import { judgeMemory } from '../../src/doctor/checks/memory.js';
import { judgeMemoryLimits } from '../../src/doctor/checks/memory-limits.js';
import { judgeNodeVersion } from '../../src/doctor/checks/node-version.js';
import { judgeOpenFiles } from '../../src/doctor/checks/open-files.js';
import { judgePm2Version } from '../../src/doctor/checks/pm2-version.js';
import { judgeWal } from '../../src/doctor/checks/wal-sizes.js';
import { parseMemoryInfo } from '../../src/process/memory-info.js';
import { parseOpenFileLimit } from '../../src/process/open-file-limit.js';
import { brief, makeDeps } from './literals.js';

const MB = 1024 ** 2;
const GB = 1024 ** 3;

test('disk space is judged by bytes and by share, whichever is worse', () => {
  const judge = (freeBytes: number, totalBytes: number) =>
    brief(judgeDisk({ folders: ['logs'], freeBytes, totalBytes, freeFiles: 0, totalFiles: 0 }));
  assert.deepEqual(judge(50 * GB, 100 * GB), []);
  assert.deepEqual(judge(900 * MB, 2 * GB), ['warning DISK_LOW']);
  assert.deepEqual(judge(4 * GB, 100 * GB), ['warning DISK_LOW']);
  assert.deepEqual(judge(199 * MB, 500 * MB), ['error DISK_LOW']);
  assert.deepEqual(judge(9 * GB, 1_000 * GB), ['error DISK_LOW']);
});

test('a disk without free inodes is low even with space, and one that does not count them is not', () => {
  const disk = { folders: ['logs'], freeBytes: 50 * GB, totalBytes: 100 * GB, freeFiles: 5, totalFiles: 1_000 };
  assert.deepEqual(brief(judgeDisk(disk)), ['warning INODES_LOW']);
  assert.deepEqual(brief(judgeDisk({ ...disk, freeFiles: 0, totalFiles: 0 })), []);
});

test('the disk of folders that do not exist yet is that of the folder above them', () => {
  const [finding] = checkDisk(makeDeps('/tmp/no-such-folder-of-sigctl/deeper'));
  assert.match(finding?.evidence ?? '', /free/);
});

test('memory has to hold what services may still take, not what they have', () => {
  const memory = { totalBytes: 8 * GB, availableBytes: 2 * GB };
  const demand = (limitBytes: number, usedBytes: number) => [{ service: 'a', limitBytes, usedBytes }];
  assert.equal(judgeMemory(memory, demand(3 * GB, 2 * GB)).severity, 'ok');
  const low = judgeMemory(memory, demand(3 * GB, 0));
  assert.equal(low.severity, 'warning');
  assert.match(low.evidence, /2\.0 GB of 8\.0 GB available; 1 service that should run may take 3\.0 GB/);
  assert.equal(judgeMemory({ totalBytes: 8 * GB, availableBytes: 50 * MB }, []).severity, 'error');
});

test('/proc/meminfo is read in bytes, and without MemAvailable nothing is known', () => {
  assert.deepEqual(parseMemoryInfo('MemTotal:       2048 kB\nMemFree: 1 kB\nMemAvailable:   1024 kB\n'), {
    totalBytes: 2 * MB,
    availableBytes: MB,
  });
  assert.equal(parseMemoryInfo('MemTotal:       2048 kB\n'), undefined);
});

test('services without a memory limit are named in one note', () => {
  const finding = judgeMemoryLimits([
    { name: 'a', memoryLimitBytes: undefined },
    { name: 'b', memoryLimitBytes: MB },
  ]);
  assert.deepEqual(brief([finding]), ['info NO_MEMORY_LIMIT']);
  assert.match(finding.evidence, /1 service without a memory limit: a\./);
});

test('the limit of open files is an error below the need, a warning below the usual 1,024', () => {
  assert.deepEqual(brief(judgeOpenFiles('this shell', 60, 3)), ['error OPEN_FILES_LOW']);
  assert.deepEqual(brief(judgeOpenFiles('this shell', 256, 3)), ['warning OPEN_FILES_LOW']);
  assert.deepEqual(judgeOpenFiles('this shell', 1_024, 3), []);
  assert.deepEqual(brief(judgeOpenFiles('this shell', 1_024, 200)), ['error OPEN_FILES_LOW']);
  assert.deepEqual(judgeOpenFiles('this shell', undefined, 3), []);
});

test('the soft limit is the first number of its line', () => {
  assert.equal(
    parseOpenFileLimit('Max open files            1024                 4096                 files\n'),
    1_024,
  );
  assert.equal(
    parseOpenFileLimit('Max open files            unlimited            unlimited            files\n'),
    undefined,
  );
});

test('a clock that nobody keeps is a warning, one of which nothing is known is not', () => {
  assert.deepEqual(brief(judgeClock('no', [], 0)), ['warning CLOCK_UNSYNCED']);
  assert.deepEqual(brief(judgeClock('unknown', [], 0)), ['ok OK']);
});

test('a time more than 5 s ahead of now says that the clock was set back', () => {
  const stamps = [
    { what: 'heartbeat of a', atMs: 14_000 },
    { what: 'logs/b.log', atMs: 3_600_000 },
  ];
  assert.deepEqual(brief(judgeClock('yes', stamps.slice(0, 1), 10_000)), ['ok OK']);
  const [finding] = judgeClock('yes', stamps, 0);
  assert.equal(finding?.code, 'TIME_IN_FUTURE');
  assert.match(finding?.evidence ?? '', /logs\/b\.log \(in 1h 00m\), heartbeat of a \(in 14s\)/);
});

test('logs above 1 GB are a warning that names the largest first', () => {
  const show = (path: string) => path;
  assert.equal(judgeLogs([{ path: 'a.log', bytes: GB }], show).severity, 'ok');
  const finding = judgeLogs(
    [
      { path: 'a.log', bytes: 10 * MB },
      { path: 'b.log', bytes: GB },
    ],
    show,
  );
  assert.equal(finding.code, 'LOGS_LARGE');
  assert.match(finding.evidence, /2 log files, 1\.0 GB together, .* b\.log 1\.0 GB, a\.log 10 MB/);
});

test('logs that are copied and truncated are a warning that names their services', () => {
  assert.deepEqual(judgeRotation([], 'logs'), []);
  const [finding] = judgeRotation(['feed', 'web-1'], 'logs');
  assert.equal(finding?.code, 'LOG_ROTATION_LOSSY');
  assert.match(finding?.evidence ?? '', /file system of logs .* may be lost: feed, web-1$/);
});

test('a write-ahead log above 64 MB is a warning that --fix can mend', () => {
  assert.deepEqual(judgeWal('/p/a.db', 64 * MB, 'a.db'), []);
  const [finding] = judgeWal('/p/a.db', 65 * MB, 'a.db');
  assert.deepEqual(finding?.remedy, { kind: 'checkpoint', path: '/p/a.db' });
});

for (const [version, severity] of [
  ['20.19.0', 'ok'],
  ['24.0.0', 'ok'],
  ['20.18.9', 'error'],
  ['18.99.0', 'error'],
] as const) {
  test(`node ${version} is ${severity} where 20.19 is the oldest`, () => {
    assert.equal(judgeNodeVersion(version, '>=20.19').severity, severity);
  });
}

for (const [version, severity] of [
  ['7.0.4', 'ok'],
  ['7.1.0', 'ok'],
  ['7.0.3', 'warning'],
  ['8.0.0', 'warning'],
  [undefined, 'error'],
] as const) {
  test(`PM2 ${version} is ${severity} where ^7.0.4 is wanted`, () => {
    assert.equal(judgePm2Version(version, '^7.0.4').severity, severity);
  });
}

test('without flock(1) the weaker promise is said in words', () => {
  const finding = judgeFlock(undefined);
  assert.equal(finding.code, 'FLOCK_MISSING');
  assert.match(finding.evidence, /two starts at the very same moment can both pass/);
  assert.equal(judgeFlock('/usr/bin/flock').severity, 'ok');
});
