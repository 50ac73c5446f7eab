/** A complete backup: one with a valid index. */
export interface KnownBackup {
  /** Absolute. */
  readonly folder: string;
  readonly stack: string;
  readonly asOfMs: number;
}

/** `<stack>-20261122T155450123Z`: sorts by time, and is a file name everywhere. */
export function backupFolderName(stack: string, atMs: number): string {
  return `${stack}-${new Date(atMs).toISOString().replace(/[-:.]/g, '')}`;
}

/**
 * Which older backups go, so that at most `keep` of this stack stay. Pure. Backups of other stacks and `made` itself never go.
 *
 * @returns Folders, oldest first.
 */
export function planPrune(
  known: readonly KnownBackup[],
  { stack, made, keep }: { readonly stack: string; readonly made: string; readonly keep: number },
): readonly string[] {
  const older = known
    .filter((backup) => backup.stack === stack && backup.folder !== made)
    .sort((a, b) => a.asOfMs - b.asOfMs);
  return older.slice(0, Math.max(0, older.length - (keep - 1))).map((backup) => backup.folder);
}
