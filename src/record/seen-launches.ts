import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { isSameProcess } from '../core/observed-process.js';
import { processKeys, type ServiceSpec, type Stack } from '../core/stack.js';
import { ownerOf, readUnlistedKeys } from '../observe/unlisted.js';
import { DAEMON_KEY, type HomePaths, recordPath, WATCHDOG_KEY } from '../process/home.js';
import { isAlive } from '../process/identity.js';
import { type LaunchRecord, parseLaunchRecord, readLaunchRecord } from '../process/launch-record.js';
import type { RecordedProcess } from '../store/processes.js';

/** The process that a lock file names. */
export interface SeenLaunch {
  readonly process: RecordedProcess;
  /** It lives, and it is of this boot. */
  readonly alive: boolean;
}

/** A key whose processes are on record, and the service it belongs to. */
export interface RecordedKey {
  readonly key: string;
  readonly service: string;
  readonly instance: string;
  /** `undefined` for what is not of the manifest: the daemon, the watchdog, a service that left it. */
  readonly spec: ServiceSpec | undefined;
}

/**
 * Every key that a process of ours may run under.
 *
 * @param known What is on record, by key: whose process it was.
 */
export function listKeys(
  stack: Stack,
  paths: HomePaths,
  known: ReadonlyMap<string, Pick<RecordedProcess, 'service'>>,
): readonly RecordedKey[] {
  const listed = stack.services.flatMap(keysOf);
  const ours = [DAEMON_KEY, WATCHDOG_KEY].map((key) => ({ key, service: key, instance: '0', spec: undefined }));
  const unlisted = readUnlistedKeys(stack, paths).map((key) => {
    const service = known.get(key)?.service ?? ownerOf(key, stack, paths) ?? key;
    return { key, service, instance: service === key ? '0' : key.slice(service.length + 1), spec: undefined };
  });
  return [...listed, ...ours, ...unlisted];
}

/** Those of a service of the manifest. */
export function keysOf(spec: ServiceSpec): readonly RecordedKey[] {
  return processKeys(spec).map((key, index) => ({ key, service: spec.name, instance: String(index), spec }));
}

/** Reads the lock file of a key: a small file and one look into `/proc`. `undefined`: nothing ever ran under it. */
export function readSeenLaunch(
  { key, service, instance, spec }: RecordedKey,
  { paths, bootId, known }: SeenOptions,
): SeenLaunch | undefined {
  const file = recordPath(paths, spec?.kind ?? 'launcher', key);
  // Nothing ever ran under this key; an error with its stack costs ten times as much.
  if (!existsSync(file)) return undefined;
  const alive = (record: LaunchRecord): boolean => record.bootId === bootId && isAlive(record.identity);
  const current = readLaunchRecord(file);
  if (current !== undefined && known !== undefined && isOf(current, known)) {
    return { process: known, alive: alive(current) };
  }
  const found = readRecordAndTime(file);
  if (found === undefined) return undefined;
  const { record, writtenAtMs } = found;
  return {
    process: {
      key,
      service,
      instance,
      identity: record.identity,
      bootId: record.bootId,
      startId: record.startId,
      starts: record.starts,
      startedAtMs: writtenAtMs,
      manifestHash: null,
      memoryBytes: null,
      ended: false,
    },
    alive: alive(record),
  };
}

function isOf({ identity, bootId }: LaunchRecord, known: RecordedProcess): boolean {
  return isSameProcess(identity, known.identity) && bootId === known.bootId;
}

export interface SeenOptions {
  readonly paths: HomePaths;
  /** Of now. */
  readonly bootId: string;
  /** Who is on record under the key: when that one began need not be looked for again. */
  readonly known?: RecordedProcess | undefined;
}

/** Fixed by `launch.sh`, which pads its line. */
const RECORD_BYTES = 256;
const TRIES = 3;

/**
 * The record with the time of its writing, which is when the launcher became the service: its process may be older by a wait.
 * Both are of one write, as the time is the same before and after.
 */
function readRecordAndTime(file: string): { readonly record: LaunchRecord; readonly writtenAtMs: number } | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    // Nothing ever ran under this key.
    return undefined;
  }
  try {
    const buffer = Buffer.alloc(RECORD_BYTES);
    for (let attempt = 1; ; attempt++) {
      const before = fstatSync(descriptor).mtimeMs;
      const bytes = readSync(descriptor, buffer, 0, RECORD_BYTES, 0);
      const after = fstatSync(descriptor).mtimeMs;
      const record = parseLaunchRecord(buffer.subarray(0, bytes).toString());
      if (record === undefined) return undefined;
      if (before === after || attempt === TRIES) return { record, writtenAtMs: Math.round(after) };
    }
  } finally {
    closeSync(descriptor);
  }
}
