import type { Writable } from 'node:stream';
import { codeOf } from './file-errors.js';

/**
 * Writes text to a stream and waits while its reader is slow. Resolves false once nobody reads any more, as in `| head -1`:
 * the time to stop quietly. Listens for the stream's errors from the moment it is made.
 *
 * @throws the stream's error if it is another one, such as a full disk.
 */
export function createPipeWriter(stream: Writable): (text: string) => Promise<boolean> {
  // Without a listener, an EPIPE would end the process as an uncaught error. Each write learns of it by its callback.
  stream.on('error', () => undefined);
  return (text) =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => {
        if (error === null || error === undefined) resolve(true);
        else if (isClosed(error)) resolve(false);
        else reject(error);
      });
    });
}

function isClosed(error: Error): boolean {
  const code = codeOf(error);
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'ERR_STREAM_WRITE_AFTER_END';
}
