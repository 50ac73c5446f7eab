import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** Services print what they like, secrets among it: others of this machine need not read it. */
const LOG_MODE = 0o640;

/** Makes the log of a process and its folder, where they are missing. What is there keeps its permissions. */
export function makeLogFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a', LOG_MODE));
}
