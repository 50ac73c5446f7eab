import { resolve } from 'node:path';
import type { ServeOptions } from './reloadable-server.js';
import { serveAsWorker } from './serve-as-worker.js';
import type { Service } from './service.js';
import { readServiceEnv } from './service-env.js';
import { createWorkerPool } from './worker-pool.js';

/**
 * Serves HTTP so that `sigctl reload` costs no request. Resolves once the port is open.
 *
 * With a worker the process of the service is a small primary (`node:cluster`): it keeps row, heartbeat, signals and the listening
 * socket. At SIGHUP it forks a worker from the script's path of now, so that a symbolic link in it leads to the new release; once that
 * one is healthy and listens, the old one finishes its requests and goes. If it fails, the old one stays, and the reload has failed
 * with the reason. A worker that dies is replaced; after some quick deaths the service exits with its code.
 */
export async function serveReloadable(service: Service, options: ServeOptions): Promise<void> {
  if (readServiceEnv(process.env, '').isWorker) return serveAsWorker(service, options);
  if (options.workers === 0) return serveAlone(service, options);
  const pool = createWorkerPool(service, {
    exec: resolve(process.argv[1] ?? ''),
    // The folder of this process may be that of a release which is gone by then.
    cwd: process.env['SIGCTL_ROOT'] || undefined,
  });
  service.onShutdown(pool.stop);
  service.onReload(pool.reload);
  await pool.start();
}

async function serveAlone(service: Service, { open }: ServeOptions): Promise<void> {
  const { listen, close } = await open();
  service.onShutdown(close);
  await listen();
  // Without a hook SIGHUP would end the service, and whoever sent it meant the opposite.
  service.onReload(() => {
    throw new Error('it serves without a worker (WORKERS=0), so there is nothing to take over: restart it');
  });
}
