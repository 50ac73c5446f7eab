import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkServer } from './check-server.js';
import type { ReloadableServer, ServeOptions } from './reloadable-server.js';
import type { Service } from './service.js';
import { CHECKED_VARIABLE, parseWorkerMessage, type WorkerMessage } from './worker-message.js';

/** Between the two looks at a worker that is to take over: what falls over at once does so before a client is there. */
const PROBATION_MS = 500;
/** The longest that requests and idle connections of a replaced worker are waited for. */
export const RETIRE_WITHIN_MS = 30_000;

/** Serves in a worker: proves itself where it replaces another one, opens the port, and goes when its primary says so. */
export async function serveAsWorker(service: Service, { health, open }: ServeOptions): Promise<void> {
  let opened: ReloadableServer | undefined;
  process.on('message', (value) => {
    const message = parseWorkerMessage(value);
    if (message?.sigctl === 'stop') service.stop('its primary ends');
    if (message?.sigctl === 'retire' && opened !== undefined) void retire(service, opened);
  });
  try {
    opened = await open();
    service.onShutdown(opened.close);
    if ((process.env[CHECKED_VARIABLE] ?? '') !== '') {
      await checkServer(opened.server, health);
      await sleep(PROBATION_MS);
      await checkServer(opened.server, health);
    }
    await opened.listen();
  } catch (error) {
    await tell({ sigctl: 'failed', reason: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  await tell({ sigctl: 'ready' });
}

/**
 * Ends without a request that nobody answers. The port is given back first; a connection that was on its way goes to the other
 * worker. Each further answer says `Connection: close`, and an idle connection ends by its own timeout, which its client knows
 * (`Keep-Alive: timeout=…`): closing it any earlier could cross a request that is on its way.
 */
async function retire(service: Service, { server }: ReloadableServer): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const drained = new Promise<void>((resolve) => {
    // Not that of http.Server, which ends idle connections.
    NetServer.prototype.close.call(server, () => resolve());
  });
  await Promise.race([drained, sleep(RETIRE_WITHIN_MS, undefined, { ref: false })]);
  service.stop('a newer worker has taken over');
}

function tell(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) return resolve();
    // The primary is gone: it cannot be told, and node ends this process for that very reason.
    process.send(message, undefined, undefined, () => resolve());
  });
}
