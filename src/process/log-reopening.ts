import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './identity.js';

/**
 * Where the process of a service says that it opens its log anew when the file of that name is another than the one it has open:
 * one line, `<pid> <start time>`. The kit writes it (src/service/log-sink.ts); programs in other languages may.
 */
export const reopeningPath = (runFolder: string, key: string): string => join(runFolder, `${key}.reopens`);

/** Whether a living process of this key has said so. */
export function reopensLog(runFolder: string, key: string): boolean {
  try {
    const [pid, startToken] = readFileSync(reopeningPath(runFolder, key), 'utf8').trim().split(' ');
    return startToken !== undefined && isAlive({ pid: Number(pid), startToken });
  } catch {
    // No file: it never said so.
    return false;
  }
}
