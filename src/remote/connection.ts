import { mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** How this machine reaches others. */
export interface Connection {
  /** The program with its first arguments. */
  readonly ssh: readonly string[];
  readonly controlPath: string | undefined;
}

/** The longest path of a unix socket, less what ssh appends while it binds one (17 characters) and `%C` becomes (40). */
const MAX_FOLDER_BYTES = 103 - 17 - 41;

/**
 * The system's ssh, with its configuration, agent and jump hosts. `SIGCTL_SSH_COMMAND` puts another program or options of its own
 * in its place, as `GIT_SSH_COMMAND` does. Commands to the same host share one connection for a minute.
 */
export function readConnection(env: Readonly<Record<string, string | undefined>>): Connection {
  const words = (env['SIGCTL_SSH_COMMAND'] ?? '').split(/\s+/).filter(Boolean);
  return { ssh: words.length === 0 ? ['ssh'] : words, controlPath: controlPath(env) };
}

function controlPath(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const runtime = env['XDG_RUNTIME_DIR'];
  const folder =
    runtime === undefined || runtime === ''
      ? join(tmpdir(), `sigctl-ssh-${userInfo().uid}`)
      : join(runtime, 'sigctl-ssh');
  if (Buffer.byteLength(folder) > MAX_FOLDER_BYTES) return undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(folder, '%C');
  } catch {
    // A read-only temporary folder: each command connects anew, which is slower and just as right.
    return undefined;
  }
}
