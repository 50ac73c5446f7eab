import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Generous: the machine may be slow and busy. */
export const DEADLINE_MS = 60_000;

const WRITER = fileURLToPath(new URL('../fixtures/log-writer.mjs', import.meta.url));

export async function tempFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sigctl-logs-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A process that appends numbered lines to `path` as fast as it can. */
export interface Writer {
  readonly child: ChildProcess;
  readonly pid: number;
  isDone(): boolean;
}

/** @param mostBytes While the file has more, it waits for somebody to rotate it. */
export async function startWriter(
  t: TestContext,
  path: string,
  count: number,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<Writer> {
  const child = spawn(process.execPath, [WRITER, path, String(count), String(mostBytes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error('no writer');
  t.after(() => child.kill('SIGKILL'));
  let printed = '';
  stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await once(stdout, 'data');
  return { child, pid, isDone: () => printed.includes('done') };
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`Waited in vain: ${what}`);
    await sleep(5);
  }
}

export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** Copies the first `bytes` of a file. */
export async function copyHead(from: string, to: string, bytes: number): Promise<void> {
  const source = await open(from, 'r');
  const target = await open(to, 'wx');
  try {
    for (let offset = 0; offset < bytes; ) {
      const buffer = Buffer.alloc(Math.min(1024 * 1024, bytes - offset));
      const { bytesRead } = await source.read(buffer, 0, buffer.length, offset);
      await target.write(buffer, 0, bytesRead);
      offset += bytesRead;
    }
  } finally {
    await source.close();
    await target.close();
  }
}

export async function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'ignore' });
  const [code] = await Promise.race([once(child, 'close'), once(child, 'error').then(() => [127])]);
  return Number(code ?? 1);
}

/** Stops a process with SIGSTOP and waits until the kernel has stopped it. */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await until('the writer to stop', () => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
}

/** What the writer writes as its line of this number. */
export function numberedLine(number: number): string {
  return `line ${number} ${'·'.repeat(number % 97)}`;
}

/** What is wrong when the writer's lines should have been seen, each once and in order; `undefined`: nothing. */
export function faultIn(lines: readonly string[], count: number): string | undefined {
  for (const [index, line] of lines.entries()) {
    if (line !== numberedLine(index)) return `at ${index}: ${JSON.stringify(line.slice(0, 120))}`;
  }
  return lines.length === count ? undefined : `${lines.length} of ${count} lines`;
}
