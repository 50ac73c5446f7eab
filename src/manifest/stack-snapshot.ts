import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Stack } from '../core/stack.js';
import { loadManifest, type RawManifest } from './load-manifest.js';
import { readSnapshotFile, type Snapshot, snapshotPath } from './read-snapshot.js';
import { createSurroundings, type ShellEnv, stillHold } from './surroundings.js';

export interface StackRequest {
  readonly manifestPath: string;
  /** SIGCTL_HOME of the stack, absolute. */
  readonly home: string;
  /** The node that runs services: its path, and its version without `v`. */
  readonly execPath: string;
  readonly nodeVersion: string;
  /** PATH, and PORT where a service passes it on, are all that is read of it. */
  readonly shellEnv: ShellEnv;
  /** Folder of the sigctl package. */
  readonly packageRoot: string;
  readonly sigctlVersion: string;
  /** The result is not kept: the state belongs to another manifest, which is in force. */
  readonly isDraft?: boolean;
}

/**
 * The validated stack. `<home>/stack.json` answers when nothing that it was made from has changed, which spares the load of
 * zod; otherwise the manifest is validated, and the file renewed if `home` exists already (reading never creates it).
 *
 * @throws {SigctlError} `MANIFEST_INVALID`.
 */
export async function readStack(request: StackRequest): Promise<Stack> {
  const raw = loadManifest(request.manifestPath);
  const known = readCurrent(raw, request);
  if (known !== undefined) return known.stack;
  const snapshot = await validate(raw, request);
  try {
    if (request.isDraft !== true && existsSync(request.home)) store(request.home, snapshot);
  } catch {
    // A read-only or full disk costs the next command 100 ms, and must not fail this one.
  }
  return snapshot.stack;
}

/**
 * Like `readStack`, and makes sure that `<home>/stack.json` holds the result for other processes; creates `home` (0700).
 *
 * @param check May throw: then nothing is written.
 * @throws {SigctlError} `MANIFEST_INVALID`.
 * @throws The error of the file system when it cannot be written.
 */
export async function writeSnapshot(
  request: StackRequest,
  check: (stack: Stack) => void = () => undefined,
): Promise<Stack> {
  const raw = loadManifest(request.manifestPath);
  const known = readCurrent(raw, request);
  const snapshot = known ?? (await validate(raw, request));
  check(snapshot.stack);
  if (known !== undefined) return known.stack;
  mkdirSync(request.home, { recursive: true, mode: 0o700 });
  store(request.home, snapshot);
  return snapshot.stack;
}

function readCurrent(raw: RawManifest, request: StackRequest): Snapshot | undefined {
  const snapshot = readSnapshotFile(request.home);
  if (snapshot === undefined || snapshot.key !== keyOf(raw, request)) return undefined;
  return stillHold(snapshot.lookups, request.shellEnv) ? snapshot : undefined;
}

async function validate(raw: RawManifest, request: StackRequest): Promise<Snapshot> {
  const { validateManifest } = await import('./validate-manifest.js');
  const around = createSurroundings(request.shellEnv);
  const stack = validateManifest(raw, { ...request, cpuCount: availableParallelism(), around });
  return { key: keyOf(raw, request), lookups: around.lookups(), stack };
}

function keyOf(raw: RawManifest, request: StackRequest): string {
  const { execPath, nodeVersion, packageRoot, sigctlVersion } = request;
  const inputs = [sigctlVersion, execPath, nodeVersion, packageRoot, availableParallelism(), raw];
  // The text itself, and no digest of it: loading node:crypto takes a sixth of the time that node takes to start.
  return JSON.stringify(inputs, distinctly);
}

/** JSON drops functions and writes NaN as null; told apart, a manifest that became faulty does not look unchanged. */
function distinctly(_key: string, value: unknown): unknown {
  const isPlain = typeof value !== 'function' && typeof value !== 'symbol' && typeof value !== 'bigint';
  if (isPlain && !(value instanceof RegExp) && !(typeof value === 'number' && !Number.isFinite(value))) return value;
  return { [typeof value]: String(value) };
}

function store(home: string, snapshot: Snapshot): void {
  const path = snapshotPath(home);
  const draft = `${path}.${process.pid}-${process.hrtime.bigint()}.tmp`;
  try {
    writeFileSync(draft, JSON.stringify(snapshot), { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
