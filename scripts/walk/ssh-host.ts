import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdsWithin } from './terminal.js';

const SSHD = '/usr/sbin/sshd';
const LISTENS_WITHIN_MS = 10_000;

export interface SshHost {
  /** What makes sigctl use this sshd, as the host `vps`, and nothing of the person who walks. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => void;
}

/** An sshd on loopback with keys of its own; `dead` is a host that nobody answers for. `undefined` where there is no sshd. */
export async function startSshHost(
  base: string,
  ports: { readonly vps: number; readonly dead: number },
): Promise<SshHost | undefined> {
  if (!existsSync(SSHD)) return undefined;
  const folder = join(base, 'ssh');
  const runtime = join(base, 'run');
  mkdirSync(folder);
  mkdirSync(runtime, { mode: 0o700 });
  for (const key of ['host', 'id']) {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  }
  copyFileSync(join(folder, 'id.pub'), join(folder, 'authorized_keys'));
  chmodSync(join(folder, 'authorized_keys'), 0o600);
  writeFileSync(join(folder, 'sshd_config'), serverConfig(folder, ports.vps));
  const config = join(folder, 'ssh_config');
  writeFileSync(config, `${hostConfig('vps', ports.vps, folder)}${hostConfig('dead', ports.dead, folder)}`);
  // Debian's sshd insists on this folder when root starts it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const server = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const isUp = await holdsWithin(() => said.includes('Server listening'), LISTENS_WITHIN_MS);
  if (!isUp) throw new Error(`sshd does not listen: ${said}`);
  return {
    env: { SIGCTL_SSH_COMMAND: `ssh -F ${config}`, XDG_RUNTIME_DIR: runtime },
    close: () => {
      // The connection that commands share outlives them.
      spawnSync('ssh', ['-F', config, '-o', `ControlPath=${runtime}/sigctl-ssh/%C`, '-O', 'exit', 'vps']);
      server.kill('SIGKILL');
    },
  };
}

function serverConfig(folder: string, port: number): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, 'host')}
AuthorizedKeysFile ${join(folder, 'authorized_keys')}
PidFile ${join(folder, 'sshd.pid')}
StrictModes no
UsePAM no
PasswordAuthentication no
`;
}

function hostConfig(name: string, port: number, folder: string): string {
  return `Host ${name}
  HostName 127.0.0.1
  Port ${port}
  IdentityFile ${join(folder, 'id')}
  IdentitiesOnly yes
  UserKnownHostsFile ${join(folder, 'known_hosts')}
  StrictHostKeyChecking accept-new
`;
}
