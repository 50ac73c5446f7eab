import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const has = (path: string): boolean => existsSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)));

/** Parts of sigctl that this checkout has: the checks about the others are left out. */
export const FEATURES = {
  watchdog: has('src/services/watchdog/main.ts'),
  recorder: has('src/record/reconcile.ts'),
  exitJournal: has('scripts/services/exit-journal.cjs'),
} as const;
