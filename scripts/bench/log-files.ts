import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One line in so many holds the word that is searched. */
const LINES_PER_NEEDLE = 10_000;
const FIRST_MS = 1_795_358_711_000;
/** Between two lines. */
const STEP_MS = 25;

/** A project with two logs as a trading service writes them, in a folder of its own. */
export interface LogFolder {
  readonly folder: string;
  readonly pathOf: (service: string) => string;
  /** Of the last line of the large log, epoch milliseconds. */
  readonly endMs: number;
  readonly tearDown: () => void;
}

/** `small` has 1 MB, `large` as many megabytes as are asked for. */
export function createLogFolder(megabytes: number): LogFolder {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-bench-logs-'));
  const pathOf = (service: string) => join(folder, 'logs', `${service}.log`);
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'worker.cjs'), 'setInterval(() => undefined, 1000);\n');
  const apps = ['small', 'large'].map((name) => ({ name, script: 'worker.cjs' }));
  writeFileSync(join(folder, 'ecosystem.config.cjs'), `module.exports = ${JSON.stringify({ apps })};\n`);
  writeLog(pathOf('small'), 1024 ** 2);
  const lines = writeLog(pathOf('large'), megabytes * 1024 ** 2);
  const endMs = FIRST_MS + (lines - 1) * STEP_MS;
  return { folder, pathOf, endMs, tearDown: () => rmSync(folder, { recursive: true, force: true }) };
}

/** @returns how many lines it has. */
function writeLog(path: string, bytes: number): number {
  const file = openSync(path, 'w');
  let number = 0;
  for (let written = 0; written < bytes; ) {
    const block = Array.from({ length: 10_000 }, (_, index) => lineOf(number + index)).join('');
    written += writeSync(file, block);
    number += 10_000;
  }
  closeSync(file);
  return number;
}

function lineOf(number: number): string {
  const level = number % 5000 === 0 ? 50 : 30;
  const msg = number % LINES_PER_NEEDLE === 0 ? `needle order filled ${number}` : `cycle ${number} done`;
  const price = (60_000 + ((number * 7919) % 1000) / 7).toFixed(2);
  const symbol = number % 3 === 0 ? 'ETHUSD' : 'XBTUSD';
  return `${JSON.stringify({ level, time: FIRST_MS + number * STEP_MS, service: 'trading', symbol, price, msg })}\n`;
}
