import { createServer, get, type Server } from 'node:http';

/** Longer than any healthy answer takes, and shorter than a reload is waited for. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * Asks a server that does not listen yet, over a real connection to a port of its own on loopback.
 *
 * @throws {Error} With the reason, unless it answers 2xx.
 */
export async function checkServer(server: Server, path: string): Promise<void> {
  const door = createServer((request, response) => server.emit('request', request, response));
  // `exclusive`: a cluster's primary would share the port among workers.
  await new Promise<void>((resolve) => door.listen({ host: '127.0.0.1', port: 0, exclusive: true }, resolve));
  try {
    const address = door.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const status = await askStatus(port, path);
    if (status < 200 || status > 299) throw new Error(`the new worker answers ${path} with ${status}`);
  } finally {
    door.closeAllConnections();
    door.close();
  }
}

function askStatus(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: ANSWER_WITHIN_MS }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('timeout', () =>
      request.destroy(new Error(`the new worker does not answer ${path} within ${ANSWER_WITHIN_MS / 1_000} s`)),
    );
    request.once('error', (error) => reject(error));
  });
}
