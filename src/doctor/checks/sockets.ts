import { existsSync } from 'node:fs';
import { daemonSockets } from '../../process/daemon-sockets.js';
import type { CheckDeps } from '../check-deps.js';
import { isDeadSocket } from '../dead-socket.js';
import { type CheckFinding, info, ok } from '../report.js';

/** Sockets that a daemon left behind. PM2 takes them over by itself; a client waits for their silence until then. */
export async function checkSockets({ facts, paths, show }: CheckDeps): Promise<readonly CheckFinding[]> {
  if (!existsSync(paths.pm2)) return [ok('no sockets of a dead daemon')];
  const { rpc, pub } = daemonSockets(paths.pm2);
  // A daemon that lives keeps its sockets, even while it is stopped and refuses nothing.
  if (facts.daemonPid() !== undefined) return [ok("the sockets are those of PM2's daemon")];
  const dead = [];
  for (const path of [rpc, pub]) if (await isDeadSocket(path)) dead.push(path);
  if (dead.length === 0) return [ok('no sockets of a dead daemon')];
  const names = dead.map(show).join(' ');
  return [
    info({
      code: 'STALE_SOCKET',
      evidence: `nobody listens on ${dead.map(show).join(' and ')}: a dead daemon left ${dead.length === 1 ? 'it' : 'them'} behind`,
      mend: `rm ${names}`,
      remedy: { kind: 'remove-sockets', paths: dead },
    }),
  ];
}
