import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { SigctlError } from '../../src/errors.js';
import type { StackRequest } from '../../src/manifest/stack-snapshot.js';

/** A folder of its own for one test, gone when the test is. Files by their path in it. */
export function makeProject(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'sigctl-manifest-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) addFile(root, path, content);
  return root;
}

/** @param mode Permissions, executable for commands. */
export function addFile(root: string, path: string, content: string, mode = 0o644): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode });
  return file;
}

/** A machine that every test knows: an old node, an empty PATH, a sigctl package without tsx. */
export function requestFor(manifestPath: string, changes: Partial<StackRequest> = {}): StackRequest {
  return {
    manifestPath,
    home: join(dirname(manifestPath), '.sigctl'),
    execPath: '/usr/bin/node',
    nodeVersion: '20.19.0',
    shellEnv: {},
    packageRoot: '/nonexistent/sigctl',
    sigctlVersion: '0.0.0-test',
    ...changes,
  };
}

/** The refusal of `act`; anything else fails the test. */
export async function refusalOf(act: () => unknown): Promise<SigctlError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof SigctlError) return error;
    throw error;
  }
  throw new Error('Expected a refusal, and it was accepted');
}
