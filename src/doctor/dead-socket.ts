import { lstatSync } from 'node:fs';
import { connect } from 'node:net';

/** A listener of this machine accepts at once, even a stopped process's: the kernel does it. */
const CONNECT_WITHIN_MS = 1_000;

/** Whether this is a unix socket that nobody listens on: the kernel refuses the connection. In doubt it is not dead. */
export async function isDeadSocket(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (isDead: boolean) => () => {
      socket.destroy();
      resolve(isDead);
    };
    socket.setTimeout(CONNECT_WITHIN_MS, settle(false));
    socket.once('connect', settle(false));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ECONNREFUSED')());
  });
}
