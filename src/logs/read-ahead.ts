import type { Piece } from './piece.js';

/** One chunk that is read while the one before it is looked at. It is for the next read only: later it may be out of date. */
export class ReadAhead {
  #next:
    | { readonly piece: Piece; readonly offset: number; readonly length: number; readonly chunk: Promise<Buffer> }
    | undefined;

  begin(piece: Piece, offset: number, length: number): void {
    const chunk = piece.read(offset, length);
    // A failure is told to whoever asks for the chunk, and is nobody's if nobody does.
    chunk.catch(() => undefined);
    this.#next = { piece, offset, length, chunk };
  }

  read(piece: Piece, offset: number, length: number): Promise<Buffer> {
    const next = this.#next;
    this.#next = undefined;
    const isAsked = next?.piece === piece && next.offset === offset && next.length === length;
    return isAsked ? next.chunk : piece.read(offset, length);
  }
}
