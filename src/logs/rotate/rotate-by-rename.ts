import { chmodSync, closeSync, openSync, renameSync, statSync } from 'node:fs';

/**
 * Gives the live file the segment's name and puts an empty one in its place; the writer, which has said that it looks for
 * that, opens it. Until then its lines, and those of descriptors that it cannot move (children, the runtime's last words), go
 * into the segment: so nobody may compress or remove a segment that is still open (`readWritten`).
 */
export function rotateByRename(livePath: string, segment: string): number {
  const { mode, size } = statSync(livePath);
  renameSync(livePath, segment);
  // The writer may be quicker: then this opens its file.
  closeSync(openSync(livePath, 'a', mode & 0o777));
  chmodSync(livePath, mode & 0o777);
  return size;
}
