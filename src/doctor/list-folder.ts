import { accessSync, constants, existsSync, readdirSync } from 'node:fs';

/** The names in a folder; none where there is no folder, or none that this user may look into (another check says so). */
export function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(ENOENT|ENOTDIR|EACCES)$/.test(String(error.code))) return [];
    throw error;
  }
}

/** Whether this user may look into a folder; one that does not exist hides nothing. */
export function isVisible(path: string): boolean {
  if (!existsSync(path)) return true;
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    // EACCES is the answer.
    return false;
  }
}
