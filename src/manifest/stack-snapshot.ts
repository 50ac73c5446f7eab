import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Stack } from '../core/stack.js';
import { loadManifest, type RawManifest } from './load-manifest.js';
import { type Origin, readSnapshotOf, snapshotPath, snapshotText } from './stored-stack.js';
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
  if (known !== undefined) return known;
  const { stack, origin } = await validate(raw, request);
  try {
    if (request.isDraft !== true && existsSync(request.home)) store(request.home, origin, stack);
  } catch {
    // A read-only or full disk costs the next command 100 ms, and must not fail this one.
  }
  return stack;
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
  if (known !== undefined) {
    check(known);
    return known;
  }
  const { stack, origin } = await validate(raw, request);
  check(stack);
  mkdirSync(request.home, { recursive: true, mode: 0o700 });
  store(request.home, origin, stack);
  return stack;
}

function readCurrent(raw: RawManifest, request: StackRequest): Stack | undefined {
  return readSnapshotOf(
    request.home,
    ({ key, lookups }) => key === keyOf(raw, request) && stillHold(lookups, request.shellEnv),
  );
}

async function validate(raw: RawManifest, request: StackRequest): Promise<{ stack: Stack; origin: Origin }> {
  const { validateManifest } = await import('./validate-manifest.js');
  const around = createSurroundings(request.shellEnv);
  const stack = validateManifest(raw, { ...request, around });
  return { stack, origin: { key: keyOf(raw, request), lookups: around.lookups() } };
}

function keyOf(raw: RawManifest, request: StackRequest): string {
  const { execPath, nodeVersion, packageRoot, sigctlVersion } = request;
  const inputs = [sigctlVersion, execPath, nodeVersion, packageRoot, raw];
  // The text itself, and no digest of it: loading node:crypto takes a sixth of the time that node takes to start.
  return isJson(raw) ? JSON.stringify(inputs) : JSON.stringify(inputs, distinctly);
}

/** JSON drops functions and writes NaN as null; told apart, a manifest that became faulty does not look unchanged. */
function distinctly(_key: string, value: unknown): unknown {
  return isLeafOfJson(value) || (typeof value === 'object' && !(value instanceof RegExp))
    ? value
    : { [typeof value]: String(value) };
}

/** Whether JSON says all of it. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isLeafOfJson(value);
  if (value instanceof RegExp) return false;
  for (const inner of Object.values(value)) if (!isJson(inner)) return false;
  return true;
}

function isLeafOfJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean';
}

function store(home: string, origin: Origin, stack: Stack): void {
  const path = snapshotPath(home);
  const draft = `${path}.${process.pid}-${process.hrtime.bigint()}.tmp`;
  try {
    writeFileSync(draft, snapshotText(origin, stack), { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
