import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bundle, bundle } from '../bundle.js';

/** Generous: the machine may be running a dozen other things. Only a broken test ever waits this long. */
const DEADLINE_MS = 60_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Everything that was printed on stdout so far. */
  readonly output: () => string;
  /** Resolves when the process is gone and its output has been read to the end. */
  readonly exit: Promise<Exit>;
  /** Resolves once stdout matches. */
  readonly printed: (pattern: RegExp) => Promise<void>;
}

/** A temp folder that is removed at the end of the test. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** The programs of `test/fixtures/service`, or those of a folder beside it: `../logs/rotator`. */
export function bundleFixtures(...names: string[]): Promise<Bundle> {
  return bundle(Object.fromEntries(names.map((name) => [basename(name), `test/fixtures/service/${name}.ts`])));
}

/** The environment of a service under sigctl, without anything of the shell that runs the tests. */
export function serviceEnv(home: string, service: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = { SIGCTL_HOME: home, SIGCTL_STATUS_DB: join(home, 'status.db'), SIGCTL_SERVICE: service };
  return { PATH: process.env['PATH'], SIGCTL_INSTANCE: '0', SIGCTL_MODE: 'standard', ...own, ...more };
}

/** Starts a program; it is killed at the end of the test, if it is still there. stdout is a pipe unless a descriptor is given. */
export function run(
  t: TestContext,
  command: readonly [string, ...string[]],
  options: { readonly env: NodeJS.ProcessEnv; readonly stdout?: number; readonly cwd?: string },
): Running {
  const [file, ...args] = command;
  const child = spawn(file, args, {
    env: options.env,
    cwd: options.cwd,
    stdio: ['ignore', options.stdout ?? 'pipe', 'inherit'],
  });
  const exit = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
  t.after(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  assert.ok(child.pid !== undefined, `${basename(file)} did not start`);
  return {
    child,
    pid: child.pid,
    output: () => text,
    exit,
    printed: (pattern) =>
      eventually(
        () => pattern.test(text),
        `a line like ${pattern}`,
        () => text,
      ),
  };
}

/** Polls until `check` answers true (or returns without throwing), and fails after a minute. */
export async function eventually(check: () => boolean, what: string, seen: () => unknown = () => ''): Promise<void> {
  const endMs = Date.now() + DEADLINE_MS;
  while (!check()) {
    if (Date.now() > endMs) assert.fail(`waited ${DEADLINE_MS} ms for ${what}; seen: ${String(seen())}`);
    await sleep(20);
  }
}

/** Whether a process with this pid exists (a zombie counts as gone only once its parent has collected it). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
