import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { type BackupRequest, type CreatedBackup, createBackup } from '../../src/backup/create-backup.js';
import { openStatusDb } from '../../src/store/open.js';
import { tempFolder } from '../service/rig.js';

export const REPO = fileURLToPath(new URL('../..', import.meta.url));
const WRITER = join(REPO, 'test/fixtures/backup/two-tables.mjs');
const DEADLINE_MS = 60_000;

/** A project with a status table and no services. */
export interface BackupRig {
  readonly root: string;
  readonly home: string;
  readonly target: string;
  readonly backUp: (overrides?: Partial<BackupRequest>) => Promise<CreatedBackup>;
  /** A database in `data/` with these rows in table `t`. */
  readonly write: (name: string, values: readonly string[], userVersion?: number) => void;
  readonly path: (name: string) => string;
}

export function startBackupRig(t: TestContext): BackupRig {
  const root = tempFolder(t);
  const home = join(root, '.sigctl');
  const target = join(root, 'backups');
  const manifestPath = join(root, 'ecosystem.config.cjs');
  mkdirSync(join(home, 'data'), { recursive: true, mode: 0o700 });
  openStatusDb(join(home, 'status.db')).close();
  writeFileSync(manifestPath, `module.exports = { apps: [], sigctl: { name: 'demo' } };\n`);
  const path = (name: string) => join(home, name);
  return {
    root,
    home,
    target,
    path,
    backUp: (overrides) =>
      createBackup({
        stack: 'demo',
        home,
        manifestPath,
        target,
        sigctlVersion: '0.1.0',
        nowMs: () => Date.now(),
        readMode: () => 'full',
        onStep: () => undefined,
        signal: new AbortController().signal,
        ...overrides,
      }),
    write: (name, values, userVersion = 1) => writeValues(path(name), values, userVersion),
  };
}

/** Replaces the rows of table `t`. In WAL mode, and checkpointed. */
export function writeValues(path: string, values: readonly string[], userVersion = 1): void {
  const db = new BetterSqlite3(path);
  db.pragma('journal_mode = WAL');
  db.pragma(`user_version = ${userVersion}`);
  db.exec('CREATE TABLE IF NOT EXISTS t (value TEXT); DELETE FROM t');
  const insert = db.prepare('INSERT INTO t VALUES (?)');
  for (const value of values) insert.run(value);
  db.close();
}

/** Every row of every table, in a fixed order: two databases with the same dump hold the same. */
export function dump(path: string): string {
  const db = new BetterSqlite3(path, { fileMustExist: true });
  try {
    const tables = db
      .prepare<[], { name: string; sql: string }>(
        `SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name`,
      )
      .all();
    return tables
      .map(({ name, sql }) => {
        const rows = db.prepare(`SELECT * FROM "${name}"`).raw().all() as unknown[];
        return [sql, ...rows.map((row) => JSON.stringify(row)).sort()].join('\n');
      })
      .join('\n\n');
  } finally {
    db.close();
  }
}

/** Names, modes and contents of everything below a folder. */
export function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(folder, name);
    const stat = statSync(file);
    hash.update(`${name} ${stat.mode}\n`);
    if (stat.isFile()) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

export interface Writer {
  /** The number that was committed last, as far as the writer has told. */
  readonly committed: () => number;
  readonly stop: () => Promise<void>;
}

/** A process of its own that writes two tables of a database without a pause. Ends with the test. */
export async function startWriter(t: TestContext, path: string, name: string): Promise<Writer> {
  mkdirSync(dirname(path), { recursive: true });
  const child = spawn(process.execPath, [WRITER, path, name], { cwd: REPO, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  t.after(() => void child.kill('SIGKILL'));
  let committed = 0;
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    committed = Number(lines.at(-1) ?? committed);
  });
  await until(() => committed > 0);
  return {
    committed: () => committed,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export async function until(condition: () => boolean): Promise<void> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > DEADLINE_MS) throw new Error(`Did not come true: ${condition}`);
    await sleep(20);
  }
}
