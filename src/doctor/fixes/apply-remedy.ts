import { assertNever } from '../../core/assert-never.js';
import type { Finding, FixOutcome, Remedy } from '../../core/finding.js';
import { type FixDeps, type FixResult, left } from './fix-deps.js';
import { removePidFile } from './remove-pid-file.js';
import { removeSockets } from './remove-sockets.js';
import { tighten } from './tighten.js';
import { truncateLog } from './truncate-log.js';

/** Mends one finding, if it still holds. Never throws: what cannot be mended is left, and said. The caller holds the stack's lock. */
export async function applyRemedy(finding: Finding, remedy: Remedy, deps: FixDeps): Promise<FixOutcome> {
  const { code, subject } = finding;
  try {
    return { code, subject, ...(await carryOut(remedy, deps)) };
  } catch (error) {
    return { code, subject, ...left(error instanceof Error ? error.message : String(error)) };
  }
}

function carryOut(remedy: Remedy, deps: FixDeps): FixResult | Promise<FixResult> {
  switch (remedy.kind) {
    case 'remove-pid-file':
      return removePidFile(remedy, deps);
    case 'tighten':
      return tighten(remedy, deps);
    case 'checkpoint':
      return truncateLog(remedy, deps);
    case 'remove-sockets':
      return removeSockets(remedy, deps);
    default:
      return assertNever(remedy, 'remedy');
  }
}
