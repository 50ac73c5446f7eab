import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { EXIT, SigctlError } from '../errors.js';

/** `sun_path` of a unix socket holds 108 bytes on Linux and 104 on macOS, with the closing zero (unix(7)). */
const MAX_SOCKET_PATH_BYTES = 103;

/** Where the daemon's sockets lie: in its home, or, where that path is too long for a socket, in a private folder under the temporary one. */
export function daemonSockets(pm2Home: string): { readonly rpc: string; readonly pub: string } {
  const inHome = { rpc: join(pm2Home, 'rpc.sock'), pub: join(pm2Home, 'pub.sock') };
  if (Buffer.byteLength(inHome.rpc) <= MAX_SOCKET_PATH_BYTES) return inHome;
  const folder = join(tmpdir(), `sigctl-${createHash('sha256').update(pm2Home).digest('hex').slice(0, 16)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  assertPrivate(folder);
  return { rpc: join(folder, 'rpc.sock'), pub: join(folder, 'pub.sock') };
}

/** Anybody may write under /tmp: a folder that somebody else made first could catch our commands. */
function assertPrivate(folder: string): void {
  const stat = statSync(folder);
  if (stat.uid === userInfo().uid && (stat.mode & 0o077) === 0) return;
  throw new SigctlError(`Cannot use "${folder}" for PM2's sockets: it belongs to another user or is open to others`, {
    code: 'SOCKET_FOLDER_UNSAFE',
    hint: 'Set SIGCTL_HOME to a shorter path, so that the sockets fit into it',
    exitCode: EXIT.environment,
  });
}
