/** Worst first. */
export const SEVERITIES = ['error', 'warning', 'info', 'ok'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What `sigctl doctor` found out, by name. Stable: scripts match these, never the evidence. */
export const FINDING_CODES = [
  'OK',
  /** A check had nothing to look at; the evidence says why. */
  'NOT_CHECKED',
  /** A check itself broke. */
  'CHECK_FAILED',
  'NODE_VERSION',
  'DATABASE_DRIVER_MISSING',
  'PM2_VERSION',
  'MANIFEST_NOT_FOUND',
  'MANIFEST_INVALID',
  'MANIFEST_NOTE',
  'FLOCK_MISSING',
  'DAEMON_DOWN',
  'DAEMON_SILENT',
  'STALE_SOCKET',
  'EXIT_JOURNAL_OFF',
  'WATCHDOG_DOWN',
  'WATCHDOG_SILENT',
  'WATCHDOG_OFF',
  'SERVICE_DOWN',
  'SERVICE_CRASH_LOOP',
  'SERVICE_HUNG',
  'SERVICE_STALE',
  'SERVICE_UNHEALTHY',
  'SERVICE_DEGRADED',
  'SERVICE_CHANGED',
  'SCRIPT_MISSING',
  'PORT_HELD',
  'PORT_SILENT',
  'STALE_PID_FILE',
  'ORPHAN',
  'DUPLICATE',
  'LEFTOVER_PROCESS',
  'LOCK_DELETED',
  'NOT_IN_MANIFEST',
  'DATABASE_BROKEN',
  'DATABASE_EMPTY',
  'DATABASE_LOCKED',
  'DATABASE_TOO_NEW',
  'DATABASE_UNREADABLE',
  'DATABASE_NOT_CHECKED',
  'STATUS_ROW_INVALID',
  'WAL_LARGE',
  'PERMISSIONS_OPEN',
  'OWNER_FOREIGN',
  'FOLDER_NOT_WRITABLE',
  'DISK_LOW',
  'INODES_LOW',
  'MEMORY_LOW',
  'NO_MEMORY_LIMIT',
  'OPEN_FILES_LOW',
  'CLOCK_UNSYNCED',
  'TIME_IN_FUTURE',
  'CLUSTER_APP',
  'LOGS_LARGE',
  'LOG_ROTATION_LOSSY',
  'ALERTS_UNDELIVERED',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** What `--fix` may do. None of them ends a process. Each is checked again right before it is done. */
export type Remedy =
  | { readonly kind: 'remove-pid-file'; readonly path: string; readonly lock: string; readonly content: string }
  | { readonly kind: 'tighten'; readonly files: readonly { readonly path: string; readonly mode: number }[] }
  | { readonly kind: 'checkpoint'; readonly path: string }
  | { readonly kind: 'remove-sockets'; readonly paths: readonly string[] };

/** One thing that a check has to say. */
export interface Finding {
  /** The check it comes from: `ports`. */
  readonly check: string;
  readonly severity: Severity;
  readonly code: FindingCode;
  /** The service or file that it is about. */
  readonly subject: string | null;
  /** In words and numbers. */
  readonly evidence: string;
  /** The command (or the edit) that mends it. */
  readonly mend: string | null;
  /** What `--fix` would do; `null`: nothing that is safe without an operator. */
  readonly remedy: Remedy | null;
}

/** What became of one finding that `--fix` could mend. */
export interface FixOutcome {
  readonly kind: 'fixed' | 'left';
  readonly code: FindingCode;
  readonly subject: string | null;
  /** What was done, or why it was not. */
  readonly detail: string;
}

/** How many findings there are of each severity. */
export function countSeverities(findings: readonly Pick<Finding, 'severity'>[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, info: 0, ok: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}
