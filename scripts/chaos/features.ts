import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const has = (path: string): boolean => existsSync(pathOf(path));
const holds = (folder: string, name: RegExp): boolean =>
  has(folder) && readdirSync(pathOf(folder), { recursive: true, encoding: 'utf8' }).some((file) => name.test(file));

/** Parts of sigctl that this checkout has: the checks about the others are left out. */
export const FEATURES = {
  watchdog: has('src/services/watchdog/main.ts'),
  /** Orphans are brought back under a new daemon. */
  takeBack: holds('src/services/watchdog', /take-back|orphan|revive/),
  recorder: has('src/record/reconcile.ts'),
  exitJournal: has('scripts/services/exit-journal.cjs'),
} as const;
