import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  mkdtempSync,
  openSync,
  read,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { codeOf, isMissing, logUnreadable } from './file-errors.js';

// Plain descriptors: `node:fs/promises` takes a fifth of node's own start to load, with readline and streams. Only reading is worth
// another thread; the rest takes microseconds.

/** One open file of a log: a rotated segment or the live file. It stays readable when it is renamed or removed. */
export interface Piece {
  readonly path: string;
  /** Device and inode of the file at `path`: the same under another name. */
  readonly id: string;
  /** Up to `length` bytes from `offset`; fewer only at the end of the file. Always a fresh buffer. */
  read(offset: number, length: number): Promise<Buffer>;
  sizeBytes(): Promise<number>;
  /** Lets go of what can be had again: nobody reads it for a while. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a segment or live file; `undefined` when it does not exist.
 *
 * A `.gz` is inflated when it is first read, into a temporary file without a name, so that every piece can be read from any
 * place. What a truncated archive still yields is used.
 * @throws {SigctlError} LOG_UNREADABLE
 */
export async function openPiece(path: string): Promise<Piece | undefined> {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe waits for a writer.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor, { bigint: true });
    if (!stats.isFile()) throw new Error('not a regular file');
    const id = fileId(stats);
    return path.endsWith('.gz') ? new ArchivePiece(path, id, descriptor) : new FilePiece(path, id, descriptor);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    if (isMissing(error)) return undefined;
    throw logUnreadable(path, error);
  }
}

/** Device and inode of the file that has this name now; `undefined` when there is none. */
export async function pieceIdAt(path: string): Promise<string | undefined> {
  try {
    return fileId(statSync(path, { bigint: true }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw logUnreadable(path, error);
  }
}

class FilePiece implements Piece {
  readonly path: string;
  readonly id: string;
  readonly #descriptor: number;
  /** Settled once no read is under way. */
  #reads: Promise<unknown> = Promise.resolve();

  constructor(path: string, id: string, descriptor: number) {
    this.path = path;
    this.id = id;
    this.#descriptor = descriptor;
  }

  read(offset: number, length: number): Promise<Buffer> {
    const found = readFully(this.#descriptor, offset, length);
    this.#reads = Promise.allSettled([this.#reads, found]);
    return found;
  }

  async sizeBytes(): Promise<number> {
    return fstatSync(this.#descriptor).size;
  }

  rest(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    // The number may be another file's by the time that a read in the background comes to it.
    await this.#reads;
    closeSync(this.#descriptor);
  }
}

async function readFully(descriptor: number, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const bytes = await readSome(descriptor, buffer.subarray(filled), offset + filled);
    if (bytes === 0) break;
    filled += bytes;
  }
  return buffer.subarray(0, filled);
}

function readSome(descriptor: number, into: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, into, 0, into.length, position, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(error);
    });
  });
}

/** However many archives a log has, only those that are being read take room on disk. */
class ArchivePiece implements Piece {
  readonly path: string;
  readonly id: string;
  readonly #archive: number;
  #inflated: Promise<FilePiece> | undefined;

  constructor(path: string, id: string, archive: number) {
    this.path = path;
    this.id = id;
    this.#archive = archive;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    return (await this.#open()).read(offset, length);
  }

  async sizeBytes(): Promise<number> {
    return (await this.#open()).sizeBytes();
  }

  async rest(): Promise<void> {
    const inflated = this.#inflated;
    this.#inflated = undefined;
    await inflated?.then(
      (piece) => piece.close(),
      () => undefined,
    );
  }

  async close(): Promise<void> {
    await this.rest();
    closeSync(this.#archive);
  }

  #open(): Promise<FilePiece> {
    this.#inflated ??= inflate(this.#archive).then(
      (descriptor) => new FilePiece(this.path, this.id, descriptor),
      (error: unknown) => Promise.reject(logUnreadable(this.path, error)),
    );
    return this.#inflated;
  }
}

async function inflate(archive: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-log-'));
  const target = openSync(join(folder, 'segment'), 'wx+', 0o600);
  try {
    await pipeline(
      createReadStream('', { fd: archive, autoClose: false, start: 0 }),
      createGunzip(),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) writeFully(target, chunk);
      },
    );
  } catch (error) {
    if (!isBrokenArchive(error)) {
      closeSync(target);
      throw error;
    }
  } finally {
    // The open descriptor outlives the name, and nothing stays behind if we are killed.
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}

function writeFully(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

function isBrokenArchive(error: unknown): boolean {
  return codeOf(error)?.startsWith('Z_') === true;
}

/** Device and inode as one word. */
export function fileId(stats: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${stats.dev}:${stats.ino}`;
}
