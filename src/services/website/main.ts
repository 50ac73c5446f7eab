import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readSnapshot as readStackSnapshot } from '../../manifest/read-snapshot.js';
import { readConfig } from '../../service/config.js';
import { serveReloadable } from '../../service/serve-reloadable.js';
import { startService } from '../../service/start-service.js';
import { cached } from './cached.js';
import { createControl } from './control.js';
import { controlEnv } from './control-env.js';
import { isLoopbackHost, listen } from './listen.js';
import { runSigctl } from './run-sigctl.js';
import { createServer } from './server.js';
import { readSnapshot } from './snapshot.js';
import { websiteEnvSchema } from './website-config.js';

/** A page is never older than this, however many look at it. */
const SNAPSHOT_MAX_AGE_MS = 1_000;

const { env } = process;
// The same distance from the sources and from dist/.
const version: string = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).version;
const service = await startService({ name: 'website', version });
const startedAtMs = service.now();
const config = readConfig(websiteEnvSchema, env);

const home = resolve(env['SIGCTL_HOME'] || '.sigctl');
const root = env['SIGCTL_ROOT'] || dirname(home);
const own = { service: env['SIGCTL_SERVICE'] || 'website', instance: env['SIGCTL_INSTANCE'] || '0' };
const statusDb = env['SIGCTL_STATUS_DB'] || join(home, 'status.db');
const read = () => readSnapshot({ home, statusDb, own, readStack: () => readStackSnapshot(home), nowMs: service.now });
const snapshot = cached(read, SNAPSHOT_MAX_AGE_MS, service.now);

const openSite = async () => {
  const app = createServer({
    log: service.log,
    nowMs: service.now,
    startedAtMs,
    pid: process.pid,
    version,
    ownService: own.service,
    allowedHosts: config.ALLOWED_HOSTS,
    loopbackOnly: isLoopbackHost(config.HOST),
    snapshot,
    control: createControl({
      bin: env['SIGCTL_BIN'] || undefined,
      manifestPath: env['SIGCTL_CONFIG'] || undefined,
      env: controlEnv(env),
      cwd: root,
      run: runSigctl,
    }),
  });
  await app.ready();
  return { server: app.server, listen: () => listen(app, config.HOST, config.PORT), close: () => app.close() };
};
await serveReloadable(service, { workers: config.WORKERS, health: '/health', open: openSite });
service.state('running');
