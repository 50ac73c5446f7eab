import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { swings, toCsv } from '../services/trading/rig.js';
import { app, REPO, type Rig, startRig } from './rig.js';

const CANDLES_PER_S = 200;
/** Kills in a row are what this is about: no breaker opens, and nobody waits long. */
const PATIENT = { backoff: ['10ms', '100ms'], breaker: { exits: 10_000, within: '2m' } };

/** Tables that only grow, and the column that numbers their rows. */
const GROWING = [
  { file: 'data/market.db', table: 'candles', column: 'seq' },
  { file: 'data/trading.paper.db', table: 'evaluations', column: 'open_at_ms' },
  { file: 'data/trading.paper.db', table: 'fills', column: 'id' },
  { file: 'data/writer.db', table: 'a', column: 'n' },
  { file: 'data/writer.db', table: 'b', column: 'n' },
  { file: 'status.db', table: 'service_events', column: 'id' },
] as const;

/** What had been committed at one moment, by table. */
export interface Committed {
  readonly where: (typeof GROWING)[number];
  readonly last: number;
  readonly rows: number;
}

/** market-data and trading on a fast replay, and a writer of two tables in one transaction: three databases that grow all the time. @param forSeconds How long the replay lasts at least. */
export async function startWriting(t: TestContext, forSeconds: number): Promise<Rig> {
  const rig = await startRig(t, { apps: [app('idle', 'idle.mjs')] });
  const history = join(rig.root, 'SWING_1.csv');
  writeFileSync(history, toCsv(swings(CANDLES_PER_S * forSeconds)));
  mkdirSync(join(rig.home, 'data'), { recursive: true, mode: 0o700 });
  const feed = { MARKET_FEED: `replay:${history}`, REPLAY_SPEED: String(CANDLES_PER_S) };
  const shipped = (name: string, env: Record<string, string>) =>
    app(name, '', {
      script: join(REPO, 'dist/services', name, 'main.js'),
      env: { ...feed, ...env },
      sigctl: { ready: { heartbeat: true, within: '60s' }, restart: PATIENT },
    });
  rig.writeManifest({
    apps: [
      shipped('market-data', {}),
      shipped('trading', { TRADING_POLL_MS: '50', TRADING_LEASE_TTL_MS: '1000' }),
      app('writer', '', {
        script: join(REPO, 'test/fixtures/backup/two-tables.mjs'),
        cwd: REPO,
        // One by one, or every row would be counted among millions after a hundred kills.
        args: [join(rig.home, 'data/writer.db'), 'writer', '1'],
        sigctl: { ready: { log: '^[0-9]+$', within: '60s' }, restart: PATIENT },
      }),
    ],
    sigctl: { name: 'writing', modes: { half: ['trading', 'writer'] } },
  });
  return rig;
}

/** What another process can read is committed, and must never be gone again. */
export function readCommitted(rig: Rig): readonly Committed[] {
  return GROWING.flatMap((where) => {
    const found = count(rig, where, Number.MAX_SAFE_INTEGER);
    return found === undefined ? [] : [{ where, ...found }];
  });
}

/** Every row of before is still there. @param context Said when it is not. */
export function assertKept(rig: Rig, before: readonly Committed[], context: string): void {
  for (const { where, last, rows } of before) {
    assert.deepEqual(count(rig, where, last), { last, rows }, `${where.file} ${where.table} ${context}`);
  }
}

/** `PRAGMA integrity_check` of every database in the state folder, the stack's lock included. */
export function assertSound(rig: Rig, context: string): void {
  const files = readdirSync(rig.home, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.db'));
  assert.ok(files.length >= 4, files.join());
  for (const file of files) {
    // Held for as long as a command works, and empty at all times.
    if (file === 'run/stack.lock.db') continue;
    const db = new BetterSqlite3(join(rig.home, file), { readonly: true, timeout: 10_000 });
    try {
      assert.equal(db.pragma('integrity_check', { simple: true }), 'ok', `${file} ${context}`);
    } finally {
      db.close();
    }
  }
}

/** Both tables of the writer are written in one transaction: one without the other would be half of it. */
export function assertWhole(rig: Rig, context: string): void {
  const db = new BetterSqlite3(join(rig.home, 'data/writer.db'), { readonly: true, timeout: 10_000 });
  try {
    const torn = db
      .prepare('SELECT count(*) FROM a FULL JOIN b USING (writer, n) WHERE a.n IS NULL OR b.n IS NULL')
      .pluck();
    assert.equal(torn.get(), 0, `half a transaction ${context}`);
  } finally {
    db.close();
  }
}

function count(
  rig: Rig,
  { file, table, column }: (typeof GROWING)[number],
  upTo: number,
): { readonly last: number; readonly rows: number } | undefined {
  const path = join(rig.home, file);
  if (!existsSync(path)) return undefined;
  const db = new BetterSqlite3(path, { readonly: true, timeout: 10_000 });
  try {
    const exists = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table);
    if (exists === undefined) return undefined;
    const sql = `SELECT coalesce(max(${column}), 0) AS last, count(*) AS rows FROM ${table} WHERE ${column} <= ?`;
    return db.prepare(sql).get(upTo) as { last: number; rows: number };
  } finally {
    db.close();
  }
}
