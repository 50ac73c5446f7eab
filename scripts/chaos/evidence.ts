import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from './services.js';

/** One run of a service by its own account. */
export interface Run {
  readonly pid: number;
  readonly token: string;
  /** The code it was about to exit with; `undefined` when it never got that far. */
  readonly exitCode: number | undefined;
  /** Another run that lived when this one began. */
  readonly overlaps: string | undefined;
}

/** A line that was printed whole, by the service's account. */
export interface Acked {
  readonly run: string;
  readonly seq: number;
  readonly uptimeMs: number;
}

/** Reads `<key>.runs`, oldest first. */
export function readRuns(folder: string, service: ServiceName): readonly Run[] {
  return parseRuns(readText(join(folder, `${service}.runs`)));
}

export function parseRuns(text: string): readonly Run[] {
  const runs: Run[] = [];
  for (const line of text.split('\n')) {
    const [what, pid, token = '', code] = line.split(' ');
    const last = runs.at(-1);
    if (what === 'start') runs.push({ pid: Number(pid), token, exitCode: undefined, overlaps: undefined });
    else if (what === 'overlap' && last !== undefined) runs[runs.length - 1] = { ...last, overlaps: `${pid} ${token}` };
    else if (what === 'end') {
      const index = runs.findLastIndex((run) => run.pid === Number(pid) && run.token === token);
      const run = runs[index];
      if (run !== undefined) runs[index] = { ...run, exitCode: Number(code) };
    }
  }
  return runs;
}

export function readAcked(folder: string, service: ServiceName): readonly Acked[] {
  return readText(join(folder, `${service}.acked`))
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [run = '', seq, atMs] = line.split(' ');
      return { run, seq: Number(seq), uptimeMs: Number(atMs) };
    });
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
