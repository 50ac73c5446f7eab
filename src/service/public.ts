/**
 * `sigctl/service`: what a service imports to be supervised well.
 *
 * @example
 * import { z } from 'zod';
 * import { dataPath, readConfig, startService } from 'sigctl/service';
 *
 * const service = await startService({ name: 'prices', version: '1.0.0' });
 * const config = readConfig(z.object({ SYMBOL: z.string().default('XBTUSD') }), process.env);
 * const store = openStore(dataPath(process.env, 'prices.db'));
 * service.onShutdown(() => store.close());
 *
 * const timer = setInterval(() => {
 *   store.insert(readPrice(config.SYMBOL));
 *   service.progress('price', { withinMs: 10_000 });
 * }, 2_000);
 * service.onShutdown(() => clearInterval(timer));
 * service.state('running');
 */
export { readConfig } from './config.js';
export type { LeaseHandle, LeaseOptions } from './lease.js';
export { dataPath } from './paths.js';
export type { ReloadableServer, ServeOptions } from './reloadable-server.js';
export { serveReloadable } from './serve-reloadable.js';
export type { RunState, Service, ServiceOptions } from './service.js';
export { startService } from './start-service.js';
