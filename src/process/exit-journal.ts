import { closeSync, openSync, readSync } from 'node:fs';
import { isRecord } from '../core/is-record.js';
import { exitJournalPath, type HomePaths } from './home.js';
import { type LaunchRecord, parseLaunchRecord } from './launch-record.js';

/** How one process behind the launcher ended, as scripts/services/exit-journal.cjs noted it inside PM2's daemon. */
export interface ExitRecord {
  readonly key: string;
  readonly pid: number;
  /** `null` for a death by signal. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Size of the service's log at that moment: its last lines end there. */
  readonly logBytes: number;
  /** PM2 ended it: a stop, its cron schedule, its memory limit. */
  readonly byPm2: boolean;
  /** By which signal PM2's daemon had been told to end, and so to end everybody. */
  readonly daemonSignal?: string;
  /** What the launcher wrote of this very process; absent when it ended before it became the service. */
  readonly launch?: JournalLaunch;
}

export interface JournalLaunch extends LaunchRecord {
  /** When the launcher wrote its record and became the service. Epoch milliseconds. */
  readonly startedAtMs: number;
}

/** A place in the journal that outlives its renaming: the first line tells which file it is, as the lines are all different. Plain JSON. */
export interface JournalPosition {
  readonly first: string;
  readonly offset: number;
}

export interface JournalPart {
  /** Oldest first. */
  readonly exits: readonly ExitRecord[];
  /** Where the next read goes on; `undefined` while there is no journal. */
  readonly position: JournalPosition | undefined;
}

type Paths = Pick<HomePaths, 'run'>;

/** The exits since a place in the journal, or all that are on record. Each is returned once, also when the file was renamed meanwhile. */
export function readExits(paths: Paths, from?: JournalPosition): JournalPart {
  const file = exitJournalPath(paths);
  const current = readFrom(file, from);
  if (current?.continues) return { exits: parseExits(current.text), position: current.end };
  // The current file is opened first: if it is renamed before the next line, both are the same one.
  const old = readFrom(`${file}.1`, from);
  const parts = old?.end.first === current?.end.first ? [current] : [old, current];
  const read = parts.filter((part) => part !== undefined);
  return { exits: read.flatMap(({ text }) => parseExits(text)), position: read.at(-1)?.end ?? from };
}

/** The end of the journal as it is now: what is read from there happens later. */
export function journalEnd(paths: Paths): JournalPosition | undefined {
  const file = exitJournalPath(paths);
  return (readFrom(file) ?? readFrom(`${file}.1`))?.end;
}

/** Lines that are no exit (a torn one, an empty one) are left out, and one that was written again after a fault counts once. */
export function parseExits(text: string): readonly ExitRecord[] {
  return text
    .split('\n')
    .filter((line, index, lines) => line !== lines[index - 1])
    .flatMap((line) => parseExit(line) ?? []);
}

function parseExit(line: string): ExitRecord | undefined {
  const found = parseJson(line);
  if (!isRecord(found)) return undefined;
  const { key, pid, code, signal, atMs, logBytes, byPm2, daemonSignal, record, recordAtMs } = found;
  if (typeof key !== 'string' || typeof pid !== 'number' || typeof atMs !== 'number') return undefined;
  return {
    key,
    pid,
    code: typeof code === 'number' ? code : null,
    signal: typeof signal === 'string' ? signal : null,
    atMs,
    logBytes: typeof logBytes === 'number' ? logBytes : 0,
    byPm2: byPm2 === true,
    ...(typeof daemonSignal === 'string' ? { daemonSignal } : {}),
    ...parseLaunch(pid, record, recordAtMs),
  };
}

/** The line of the lock file: that of this process, or of the one before when it never got so far. */
function parseLaunch(pid: number, record: unknown, recordAtMs: unknown): Pick<ExitRecord, 'launch'> {
  const launch = typeof record === 'string' ? parseLaunchRecord(record) : undefined;
  if (launch?.identity.pid !== pid || typeof recordAtMs !== 'number') return {};
  return { launch: { ...launch, startedAtMs: recordAtMs } };
}

function parseJson(line: string): unknown {
  try {
    return line === '' ? undefined : JSON.parse(line);
  } catch {
    // Half a line: the writer was killed, or the disk was full. What it kept is written again.
    return undefined;
  }
}

/** Above the length of any line: a key is a file name. */
const FIRST_LINE_BYTES = 2_048;

interface FilePart {
  readonly text: string;
  readonly end: JournalPosition;
  /** It is the file that the place is in. */
  readonly continues: boolean;
}

/** The whole lines of one file from a place in it, or from its beginning when the place is in another one. `undefined`: no line yet. */
function readFrom(path: string, from?: JournalPosition): FilePart | undefined {
  const file = tryOpen(path);
  if (file === undefined) return undefined;
  try {
    const [first, second] = readText(file, 0, FIRST_LINE_BYTES).split('\n');
    if (first === undefined || second === undefined) return undefined;
    const continues = from?.first === first;
    const start = continues ? from.offset : 0;
    const text = readText(file, start);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return { text: whole, end: { first, offset: start + Buffer.byteLength(whole) }, continues };
  } finally {
    closeSync(file);
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    // Nothing ended yet, or it was renamed a moment ago.
    return undefined;
  }
}

const CHUNK_BYTES = 64 * 1024;

function readText(file: number, start: number, maxBytes = Number.POSITIVE_INFINITY): string {
  const chunks: Buffer[] = [];
  let at = start;
  while (at - start < maxBytes) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, maxBytes - (at - start)));
    const bytes = readSync(file, chunk, 0, chunk.length, at);
    if (bytes === 0) break;
    chunks.push(chunk.subarray(0, bytes));
    at += bytes;
  }
  return Buffer.concat(chunks).toString('utf8');
}
