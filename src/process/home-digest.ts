import { createHash } from 'node:crypto';

const DIGITS = 6;

/** Six digits by which stacks of one name are told apart, where the machine needs a name for each: of the absolute path of `.sigctl`. */
export function homeDigest(home: string): string {
  return createHash('sha256').update(home).digest('hex').slice(0, DIGITS);
}
