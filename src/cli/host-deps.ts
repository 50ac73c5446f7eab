import { homedir } from 'node:os';
import type { HostDeps } from '../commands/host.js';
import { HOST_NAME, parseHostAddress } from '../core/host-address.js';
import { EXIT, SigctlError } from '../errors.js';
import { invalidAddress, unknown } from '../remote/find-host.js';
import { hostsPath, readHosts, writeHosts } from '../remote/hosts-file.js';
import type { Deps } from './deps.js';

/** What `sigctl host` touches: one file of the person who types. */
export function createHostDeps(deps: Deps, env: NodeJS.ProcessEnv): HostDeps {
  const path = hostsPath(env, homedir());
  return {
    out: deps.out,
    readHosts: () => readHosts(path),
    addHost: (typed, address, replace) => {
      const name = typed.replace(/^@/, '');
      if (!HOST_NAME.test(name)) throw invalidName(typed);
      if (parseHostAddress(address) === undefined) throw invalidAddress(address);
      const hosts = readHosts(path);
      const known = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
      if (known !== undefined && known !== address && !replace) throw exists(name, known, address);
      if (known !== address) writeHosts(path, { ...hosts, [name]: address });
    },
    removeHost: (typed) => {
      const name = typed.replace(/^@/, '');
      const hosts = readHosts(path);
      if (!Object.hasOwn(hosts, name)) throw unknown(name, hosts);
      const { [name]: _, ...others } = hosts;
      writeHosts(path, others);
    },
  };
}

function invalidName(name: string): SigctlError {
  return new SigctlError(`Cannot use "${name}" as the name of a host`, {
    code: 'HOST_INVALID',
    hint: 'Up to 64 letters, digits, dots, dashes and underscores, a letter or digit first: sigctl host add prod user@vps:/srv/app',
    exitCode: EXIT.usage,
  });
}

function exists(name: string, known: string, address: string): SigctlError {
  return new SigctlError(`Cannot add host "${name}": it is ${known} already`, {
    code: 'HOST_EXISTS',
    hint: `To replace it: sigctl host add --force ${name} ${address}`,
    exitCode: EXIT.usage,
  });
}
