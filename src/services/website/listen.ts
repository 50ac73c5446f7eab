import type { FastifyInstance } from 'fastify';
import { EXIT, SigctlError } from '../../errors.js';

/**
 * Opens the port.
 *
 * @returns The address to open in a browser.
 * @throws {SigctlError} `PORT_TAKEN` or `PORT_FORBIDDEN` (exit 1).
 */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port, listenTextResolver: (address) => `website at ${address}` });
  } catch (error) {
    throw listenFailure(error, host, port);
  }
}

function listenFailure(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new SigctlError(`Cannot open the website: port ${port} is already in use`, {
      code: 'PORT_TAKEN',
      hint: `Find who holds it: ss -ltnp 'sport = :${port}'; or set PORT of the website to another one`,
      exitCode: EXIT.failed,
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new SigctlError(`Cannot open the website on ${host}, port ${port}: ${code}`, {
      code: 'PORT_FORBIDDEN',
      hint: 'Set HOST to an address of this machine, and PORT to 1024 or above',
      exitCode: EXIT.failed,
      cause: error,
    });
  }
  return error;
}

/** Whether only this machine can reach an address. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
