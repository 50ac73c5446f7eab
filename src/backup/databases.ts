import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDatabaseName } from '../core/backup-index.js';

/**
 * Every database of a stack by name, found by listing: `data/*.db`, and `status.db` last. Databases of services to come are
 * found as well.
 */
export function listDatabases(home: string): readonly string[] {
  const owned = list(join(home, 'data')).map((file) => `data/${file}`);
  return [...owned.sort(), 'status.db'].filter((name) => isDatabaseName(name) && isFile(join(home, name)));
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No service has made a database yet.
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
