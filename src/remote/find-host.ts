import { formatHostAddress, type HostAddress, parseHostAddress } from '../core/host-address.js';
import { nearest } from '../core/nearest.js';
import { EXIT, SigctlError } from '../errors.js';
import type { Hosts } from './hosts-file.js';

/** A machine with the name that people see. */
export interface Host {
  readonly name: string;
  readonly address: HostAddress;
}

/** What `--host` or `@name` means: a short name first, else an address. @throws {SigctlError} `HOST_UNKNOWN`, `HOST_INVALID` (exit 2). */
export function findHost(typed: string, hosts: Hosts): Host {
  const name = typed.replace(/^@/, '');
  const known = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  if (known === undefined && typed.startsWith('@')) throw unknown(name, hosts);
  const address = parseHostAddress(known ?? typed);
  if (address === undefined) throw invalidAddress(typed);
  return { name: known === undefined ? formatHostAddress(address) : name, address };
}

export function unknown(name: string, hosts: Hosts): SigctlError {
  const names = Object.keys(hosts);
  const close = nearest(name, names);
  const guess = close === undefined ? '' : `Did you mean "@${close}"? `;
  const list = names.length === 0 ? 'none yet' : names.map((known) => `@${known}`).join(', ');
  return new SigctlError(`Cannot find host "${name}"`, {
    code: 'HOST_UNKNOWN',
    hint: `${guess}Hosts: ${list}. To add it: sigctl host add ${name || 'prod'} user@vps:/srv/app`,
    exitCode: EXIT.usage,
  });
}

export function invalidAddress(typed: string): SigctlError {
  return new SigctlError(`Cannot use "${typed}" as a host`, {
    code: 'HOST_INVALID',
    hint: 'Expected an address, or a Host of your ssh configuration; for example: sigctl host add prod user@vps:/srv/app',
    exitCode: EXIT.usage,
  });
}
