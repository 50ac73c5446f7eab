/**
 * A project as it looks while its services run, for the build's warm-up: what V8 compiles for a stack where nothing lives is not
 * half of what `sigctl status` runs. Nothing of it runs: one process that sleeps stands in for all of them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const SERVICES = ['web', 'worker', 'job', 'off'];
const HEARTBEAT = { heartbeat: '15s', progress: { name: 'cycle', within: '90s' }, liveness: { tcp: 1 } };

/** Writes manifest and log. */
export function writeWarmProject(folder) {
  const manifest = {
    apps: SERVICES.map((name) => ({ name, script: 'one.js', max_memory_restart: '1G', sigctl: extraOf(name) })),
    sigctl: { modes: { most: SERVICES.slice(0, 3), full: '*' } },
  };
  writeFileSync(join(folder, 'one.js'), '');
  writeFileSync(join(folder, 'ecosystem.config.cjs'), `module.exports = ${JSON.stringify(manifest)};`);
  mkdirSync(join(folder, 'logs'));
  const line = { level: 30, time: 1_795_358_711_000, name: 'web', symbol: 'XBTUSD', msg: 'cycle done' };
  writeFileSync(join(folder, 'logs/web.log'), `${JSON.stringify(line)}\nplain text\n`.repeat(20));
}

/**
 * Lets everything of the stack seem to live: the lock files that a launcher would have written, and rows of the status table, which
 * a command has made before. Only commands that look may run from here on.
 */
export function bringToLife(folder, pid) {
  const startToken = readStartToken(pid);
  fillStatusDb(folder, { pid, startToken });
  if (startToken === '0') return;
  const record = `${pid} ${startToken} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} - 1\n`;
  for (const key of ['pm2', 'watchdog', 'web', 'worker', 'gone']) {
    writeFileSync(join(folder, '.sigctl/run', `${key}.lock`), record);
  }
}

function extraOf(name) {
  if (name === 'web') return { health: HEARTBEAT, port: 1, ready: { heartbeat: true } };
  if (name === 'worker') return { health: HEARTBEAT, after: ['web'] };
  return name === 'job' ? { oneshot: true } : {};
}

function fillStatusDb(folder, identity) {
  const db = new Database(join(folder, '.sigctl/status.db'));
  const nowMs = Date.now();
  for (const service of SERVICES.slice(0, 3)) {
    const wanted = { service, nowMs };
    db.prepare(`INSERT OR REPLACE INTO service_desired VALUES (@service, 'running', @nowMs, 'operator', 'x')`).run(
      wanted,
    );
    db.prepare(
      `INSERT OR REPLACE INTO service_events (at_ms, service, kind, cause, actor, exit_code, log_tail_json)
       VALUES (@nowMs, @service, 'exit', 'crash', 'pm2', 1, '["last words"]')`,
    ).run(wanted);
  }
  for (const service of ['web', 'worker']) {
    db.prepare(
      `INSERT OR REPLACE INTO service_status (service, pid, start_token, state, heartbeat_at_ms, heartbeat_every_ms, progress_name,
         progress_seq, progress_at_ms, progress_within_ms, version, rss_bytes, detail_json)
       VALUES (@service, @pid, @startToken, 'running', @nowMs, 1000, 'cycle', 1, @nowMs, 90000, '1.0.0', 1, '{"a":1}')`,
    ).run({ service, ...identity, nowMs: nowMs + 30_000 });
    db.prepare(
      `INSERT OR REPLACE INTO service_checks VALUES (@service, '0', 'tcp 1', 'liveness', @pid, @startToken, 1, 'open', @nowMs, @nowMs)`,
    ).run({ service, ...identity, nowMs });
  }
  db.exec(`INSERT OR REPLACE INTO stack_facts VALUES ('mode', 'most')`);
  db.close();
}

/** `0` where there is no `/proc`. */
function readStartToken(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '0';
  }
}
