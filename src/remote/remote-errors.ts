import { formatHostAddress } from '../core/host-address.js';
import { EXIT, SigctlError } from '../errors.js';
import type { Host } from './find-host.js';
import { MISSING } from './ssh-command.js';

/** ssh's own exit code for whatever kept it from running the command (ssh(1)). */
const SSH_FAILED = 255;

/** The refusal that an exit code of `sshCommand` stands for; `undefined`: sigctl itself ran there and ended with it. */
export function remoteFailure(host: Host, exitCode: number, stderr: string): SigctlError | undefined {
  const { address } = host;
  const where = address.dir === undefined ? address.target : formatHostAddress(address);
  if (exitCode === SSH_FAILED) {
    return refuse(
      `Cannot reach ${named(host)}: ${lastLine(stderr) || 'ssh failed'}`,
      'HOST_UNREACHABLE',
      `ssh ${address.target}`,
    );
  }
  if (exitCode === MISSING.folder) {
    return refuse(
      `Cannot run sigctl on ${named(host)}: there is no folder "${address.dir ?? ''}"`,
      'HOST_FOLDER_MISSING',
      `To put the project there: sigctl deploy ${host.name === formatHostAddress(address) ? where : `@${host.name}`}; to look: ssh ${address.target} ls`,
    );
  }
  if (exitCode === MISSING.node) {
    return refuse(
      `Cannot run sigctl on ${named(host)}: node is not in its PATH`,
      'HOST_WITHOUT_NODE',
      `Install Node 20.19 or newer there, or put it into the PATH of non-interactive shells: ssh ${address.target} node --version`,
    );
  }
  if (exitCode === MISSING.sigctl) {
    return refuse(
      `Cannot run sigctl on ${named(host)}: it is neither in the project nor in PATH`,
      'HOST_WITHOUT_SIGCTL',
      `Install it in ${where}: npm install sigctl`,
    );
  }
  return undefined;
}

function named({ name, address }: Host): string {
  const text = formatHostAddress(address);
  return name === text ? `"${text}"` : `@${name} (${text})`;
}

function refuse(message: string, code: string, hint: string): SigctlError {
  return new SigctlError(message, { code, hint, exitCode: EXIT.environment });
}

/** ssh ends its own words with a carriage return. */
function lastLine(text: string): string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.at(-1) ?? '';
}
