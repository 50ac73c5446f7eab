import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { mergeShellEnv, readRemembered } from '../../process/shell-env.js';
import { openStatusDb } from '../../store/open.js';
import type { WatchContext } from './context.js';
import { createDuties } from './duties.js';
import { runDuties } from './duty.js';
import { followStack } from './follow-stack.js';
import { readWatchEnv } from './watch-env.js';
import { createWatchLog } from './watch-log.js';

/** A statement waits this long for another writer: the duties have more to do than to wait, and come back. */
const BUSY_TIMEOUT_MS = 1_000;

const nowMs = () => Date.now();
const env = readWatchEnv(process.env);
const log = createWatchLog(nowMs);
const end = new AbortController();
// Whatever waits within a duty listens to it.
setMaxListeners(0, end.signal);
// Once: a second signal ends it at once, as its default does.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());

const db = openStatusDb(env.paths.statusDb);
db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
const stack = followStack(env.paths.home);
const context: WatchContext = {
  ...env,
  stack: stack.current,
  followStack: stack.follow,
  db,
  watchdog: fileURLToPath(import.meta.url),
  shellEnv: () => mergeShellEnv(process.env, readRemembered(env.paths.home)).merged,
  nowMs,
  monotonicMs: () => performance.now(),
  log,
  releaseMemory: () => globalThis.gc?.(),
  signal: end.signal,
  end: (reason) => {
    log.info('ends', { reason });
    end.abort();
  },
};
log.info('watches', { name: context.stack().name, services: context.stack().services.length, version: env.version });
try {
  await runDuties(createDuties(context), context);
} finally {
  db.close();
}
log.info('ended');
