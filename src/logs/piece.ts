import { constants } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { codeOf, isMissing, logUnreadable } from './file-errors.js';

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
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe waits for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new Error('not a regular file');
    const id = fileId(stats);
    return path.endsWith('.gz') ? new ArchivePiece(path, id, handle) : new FilePiece(path, id, handle);
  } catch (error) {
    await handle?.close();
    if (isMissing(error)) return undefined;
    throw logUnreadable(path, error);
  }
}

/** Device and inode of the file that has this name now; `undefined` when there is none. */
export async function pieceIdAt(path: string): Promise<string | undefined> {
  try {
    return fileId(await stat(path, { bigint: true }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw logUnreadable(path, error);
  }
}

class FilePiece implements Piece {
  readonly path: string;
  readonly id: string;
  readonly #handle: FileHandle;

  constructor(path: string, id: string, handle: FileHandle) {
    this.path = path;
    this.id = id;
    this.#handle = handle;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  async sizeBytes(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  rest(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** However many archives a log has, only those that are being read take room on disk. */
class ArchivePiece implements Piece {
  readonly path: string;
  readonly id: string;
  readonly #archive: FileHandle;
  #inflated: Promise<FilePiece> | undefined;

  constructor(path: string, id: string, archive: FileHandle) {
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
    await this.#archive.close();
  }

  #open(): Promise<FilePiece> {
    this.#inflated ??= inflate(this.#archive).then(
      (handle) => new FilePiece(this.path, this.id, handle),
      (error: unknown) => Promise.reject(logUnreadable(this.path, error)),
    );
    return this.#inflated;
  }
}

async function inflate(archive: FileHandle): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'sigctl-log-'));
  const target = await open(join(folder, 'segment'), 'wx+', 0o600);
  try {
    await pipeline(
      archive.createReadStream({ autoClose: false, start: 0 }),
      createGunzip(),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await target.write(chunk);
      },
    );
  } catch (error) {
    if (!isBrokenArchive(error)) {
      await target.close();
      throw error;
    }
  } finally {
    // The open descriptor outlives the name, and nothing stays behind if we are killed.
    await rm(folder, { recursive: true, force: true });
  }
  return target;
}

function isBrokenArchive(error: unknown): boolean {
  return codeOf(error)?.startsWith('Z_') === true;
}

/** Device and inode as one word. */
export function fileId(stats: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${stats.dev}:${stats.ino}`;
}
