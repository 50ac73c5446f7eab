import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '../../core/size.js';
import type { HomePaths } from '../../process/home.js';
import { readLockHolders } from '../../process/lock-holders.js';
import { readCommandLine } from '../../process/proc-stat.js';
import { type CheckDepth, type DatabaseReading, inspectDatabase } from '../../store/inspect-database.js';
import { driverFault } from '../../store/load-driver.js';
import { LATEST_MIGRATION } from '../../store/migrate.js';
import type { CheckDeps } from '../check-deps.js';
import { listFolder } from '../list-folder.js';
import { type CheckFinding, notChecked, ok, orOk, warning } from '../report.js';
import { count } from '../words.js';
import { judgeDatabase } from './judge-database.js';

const MB = 1024 ** 2;
/** SQLite reads some 100 MB/s from a slow disk, and cannot be interrupted: these keep a look within seconds. */
const INTEGRITY_BYTES = 16 * MB;
const QUICK_BYTES = 256 * MB;
/** All databases together may take this long; the rest is only opened. */
const TOTAL_MS = 10_000;

/** Integrity of `status.db` and of every database in `data/`, read-only and within seconds. */
export function checkDatabases({ paths, facts, show }: CheckDeps): readonly CheckFinding[] {
  const files = listDatabases(paths);
  if (files.length === 0) return [ok('no database yet')];
  if (driverFault() !== undefined) return [notChecked('better-sqlite3 cannot be loaded')];
  const startedAt = performance.now();
  const found = files.flatMap((path) => {
    const bytes = statSync(path).size;
    const depth = performance.now() - startedAt > TOTAL_MS ? 'none' : depthFor(bytes);
    const reading = inspectDatabase(path, depth);
    const isStatus = path === paths.statusDb;
    return judgeDatabase({
      path: show(path),
      folder: show(paths.home),
      size: formatSize(bytes),
      reading,
      latestVersion: isStatus ? LATEST_MIGRATION : undefined,
      holders: needsHolders(reading) ? readHolders(path) : [],
    });
  });
  return orOk([...found, ...invalidRows(facts)], `${count(files.length, 'database')} intact`);
}

/** `status.db`, and the services' own. */
export function listDatabases({ statusDb, data }: HomePaths): readonly string[] {
  const own = listFolder(data).filter((file) => file.endsWith('.db'));
  return [...(existsSync(statusDb) ? [statusDb] : []), ...own.toSorted().map((file) => join(data, file))];
}

function depthFor(bytes: number): CheckDepth {
  if (bytes <= INTEGRITY_BYTES) return 'integrity_check';
  return bytes <= QUICK_BYTES ? 'quick_check' : 'none';
}

function needsHolders(reading: DatabaseReading): boolean {
  return reading.kind === 'locked' || reading.kind === 'broken' || reading.kind === 'empty';
}

function readHolders(path: string) {
  const pids = readLockHolders([path]).get(path) ?? [];
  return pids.map((pid) => ({ pid, command: readCommandLine(pid) }));
}

function invalidRows(facts: CheckDeps['facts']): readonly CheckFinding[] {
  const state = facts.state();
  if (state.kind !== 'read') return [];
  return state.faults.map((fault) =>
    warning({ code: 'STATUS_ROW_INVALID', evidence: fault.message, mend: fault.hint }),
  );
}
