import { homedir } from 'node:os';
import type { HostStatus } from '../core/host-status.js';
import { readConnection } from '../remote/connection.js';
import { findHost } from '../remote/find-host.js';
import { hostsPath, readHosts } from '../remote/hosts-file.js';
import { readAllHosts } from '../remote/read-hosts.js';
import { runRemote } from '../remote/run-remote.js';
import type { RemoteLine } from './host-flag.js';
import type { Terminal } from './terminal.js';

/** Runs a line on another machine, and returns its exit code there. */
export async function runOnHost(line: RemoteLine, terminal: Terminal, env: NodeJS.ProcessEnv): Promise<number> {
  const host = findHost(line.host, readHosts(hostsPath(env, homedir())));
  const tty = process.stdin.isTTY === true && terminal.outIsTerminal;
  const run = { host, argv: line.argv, env: shownAs(terminal, tty) };
  return runRemote(readConnection(env), run, { tty, writeOut: terminal.writeOut, writeErr: terminal.writeErr });
}

/** sigctl over there cannot see what its output is shown on, unless there is a terminal all the way. */
function shownAs(terminal: Terminal, tty: boolean): Readonly<Record<string, string>> {
  if (!terminal.outColour) return { NO_COLOR: '1' };
  return tty ? {} : { FORCE_COLOR: '1' };
}

/** The status of every host that has a short name. */
export function readHostStatuses(env: NodeJS.ProcessEnv): Promise<readonly HostStatus[]> {
  return readAllHosts(readConnection(env), readHosts(hostsPath(env, homedir())));
}
