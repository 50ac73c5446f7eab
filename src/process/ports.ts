import { readFileSync } from 'node:fs';
import { readOpenFiles } from './open-files.js';
import { readCommandLine } from './proc-stat.js';
import { listPids } from './tree.js';

/** `st` of a listening socket in `/proc/net/tcp` (include/net/tcp_states.h). */
const LISTEN = '0A';

/** Who listens on a TCP port of this machine. `pid` is undefined when it belongs to another user. */
export interface PortHolder {
  readonly port: number;
  readonly pid: number | undefined;
  readonly command: string;
}

/** The process that listens on the port (any address, IPv4 or IPv6); `undefined` when it is free. */
export function readPortHolder(port: number): PortHolder | undefined {
  return readPortHolders(port)[0];
}

/** Every process that listens on the port: several can, each on an address of its own or sharing one socket. */
export function readPortHolders(port: number): readonly PortHolder[] {
  const sockets = readListeners().filter((entry) => entry.port === port);
  const pids = sockets.length === 0 ? [] : listPids();
  return sockets.flatMap(({ inode }): readonly PortHolder[] => {
    const holders = pids.filter((pid) => readOpenFiles(pid).includes(`socket:[${inode}]`));
    if (holders.length === 0) return [{ port, pid: undefined, command: 'a process of another user' }];
    return holders.map((pid) => ({ port, pid, command: readCommandLine(pid) }));
  });
}

/** The TCP ports that these processes listen on, ascending. */
export function readListeningPorts(pids: readonly number[]): readonly number[] {
  const open = new Set(pids.flatMap(readOpenFiles));
  const ports = readListeners().filter(({ inode }) => open.has(`socket:[${inode}]`));
  return [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b);
}

function readListeners() {
  return [...listeners('/proc/net/tcp'), ...listeners('/proc/net/tcp6')];
}

function listeners(file: string): { readonly port: number; readonly inode: string }[] {
  return readTable(file).flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state !== LISTEN || local === undefined || inode === undefined) return [];
    return [{ port: Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16), inode }];
  });
}

function readTable(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1).filter(Boolean);
  } catch {
    // No IPv6 on this machine, or no /proc/net at all: nothing is known to listen there.
    return [];
  }
}
