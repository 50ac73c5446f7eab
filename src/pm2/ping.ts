import { statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';

/** PM2's wire format (amp): version and number of arguments in one byte, then each with its length. */
const VERSION = 0x10;
const QUESTION = encode(['j:{"type":"call","method":"ping","args":[{}]}', 's:1']);

/** What is said does not matter, and nobody reads it. */
const answer = Buffer.alloc(256);
const nothing = (): void => undefined;

/** One daemon that is asked again and again, over one connection while that lasts: to connect costs several times as much as to ask. */
export interface PingLine {
  /**
   * Whether it answers: its socket is there and its event loop turns. The kernel takes a connection in its place also while it hangs,
   * so only an answer counts. Never rejects. One question at a time.
   */
  readonly ask: (withinMs: number) => Promise<boolean>;
  readonly close: () => void;
}

/** Loads nothing of PM2, and keeps no process alive. */
export function createPingLine(socketPath: string): PingLine {
  let socket: Socket | undefined;
  let inode: number | undefined;
  let settle: (answered: boolean) => void = nothing;
  const close = (): void => {
    socket?.destroy();
    socket = undefined;
  };
  const connect = (): Socket => {
    const onread = {
      buffer: answer,
      callback: () => {
        settle(true);
        return true;
      },
    };
    const made = createConnection({ path: socketPath, onread });
    // It is followed by `close`.
    made.on('error', nothing);
    made.once('close', () => {
      if (socket !== made) return;
      socket = undefined;
      settle(false);
    });
    return made.unref();
  };
  return {
    close,
    ask: (withinMs) => {
      // A daemon whose socket was removed or replaced is reached by nobody else, though this connection lives on.
      const now = inodeOf(socketPath);
      if (now !== inode) close();
      inode = now;
      const line = socket ?? connect();
      socket = line;
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(false), withinMs);
        settle = (answered) => {
          settle = nothing;
          clearTimeout(timer);
          // A late answer must not be taken for one to the next question.
          if (!answered) close();
          resolve(answered);
        };
        line.write(QUESTION);
      });
    },
  };
}

/** One question over a connection of its own. Never rejects. */
export async function pingDaemon(socketPath: string, withinMs: number): Promise<boolean> {
  const line = createPingLine(socketPath);
  const answered = await line.ask(withinMs);
  line.close();
  return answered;
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
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
