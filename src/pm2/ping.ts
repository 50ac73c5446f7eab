import { createConnection } from 'node:net';

/** PM2's wire format (amp): version and number of arguments in one byte, then each with its length. */
const VERSION = 0x10;
const QUESTION = encode(['j:{"type":"call","method":"ping","args":[{}]}', 's:1']);

/**
 * Whether a daemon answers: its socket is there and its event loop turns. The kernel takes a connection in its place also while it
 * hangs, so only an answer counts; what it says does not matter. Never rejects. Loads nothing of PM2, as it is asked again and again.
 */
export function pingDaemon(socketPath: string, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    const settle = (answered: boolean) => () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(settle(false), withinMs);
    socket.once('data', settle(true));
    socket.on('error', settle(false));
    socket.once('close', settle(false));
    socket.write(QUESTION);
  });
}

function encode(args: readonly string[]): Buffer {
  const parts = args.map((arg) => Buffer.from(arg));
  return Buffer.concat([
    Buffer.of(VERSION | parts.length),
    ...parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  ]);
}
