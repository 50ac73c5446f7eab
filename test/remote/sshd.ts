import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../e2e/free-port.js';
import { until } from '../e2e/rig.js';

const SSHD = '/usr/sbin/sshd';

/** Why these tests cannot run here; `false` when they can. */
export const WITHOUT_SSHD = existsSync(SSHD) ? false : 'no sshd on this machine';

/** A real sshd on loopback, with a key of its own; `vps` and `dead` are the hosts of the ssh configuration. */
export interface SshServer {
  readonly folder: string;
  /** What makes sigctl use this server, and nothing of the person who runs the tests. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the connection that the commands to `vps` share, whatever goes on over it. */
  readonly disconnect: () => void;
}

export async function startSshd(t: TestContext): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-ssh-'));
  const port = await freePort();
  for (const key of ['host', 'id']) {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  }
  copyFileSync(join(folder, 'id.pub'), join(folder, 'authorized_keys'));
  chmodSync(join(folder, 'authorized_keys'), 0o600);
  writeFileSync(join(folder, 'sshd_config'), serverConfig(folder, port));
  writeFileSync(join(folder, 'ssh_config'), clientConfig(folder, port, await freePort()));
  // Debian's sshd insists on this folder when root starts it.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const server = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const runtime = join(folder, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const env = {
    SIGCTL_SSH_COMMAND: `ssh -F ${join(folder, 'ssh_config')}`,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_RUNTIME_DIR: runtime,
  };
  const disconnect = (): void => {
    const control = ['-o', `ControlPath=${runtime}/sigctl-ssh/%C`, '-O', 'exit', 'vps'];
    spawnSync('ssh', ['-F', join(folder, 'ssh_config'), ...control]);
  };
  t.after(() => {
    // The shared connection outlives the commands that used it.
    disconnect();
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await until(() => {
    if (server.exitCode !== null) throw new Error(`sshd ended: ${said}`);
    return said.includes('Server listening');
  });
  return { folder, env, disconnect };
}

function serverConfig(folder: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    `PidFile ${join(folder, 'sshd.pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    `Subsystem sftp internal-sftp`,
    '',
  ].join('\n');
}

function clientConfig(folder: string, port: number, deadPort: number): string {
  const common = [
    '  HostName 127.0.0.1',
    `  User ${userInfo().username}`,
    `  IdentityFile ${join(folder, 'id')}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    '  StrictHostKeyChecking accept-new',
  ];
  return ['Host vps', `  Port ${port}`, ...common, 'Host dead', `  Port ${deadPort}`, ...common, ''].join('\n');
}
