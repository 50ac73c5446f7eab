import type { HostStatus } from '../core/host-status.js';
import { isFine } from '../core/verdict.js';
import { EXIT, SigctlError } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderHostStatuses } from '../render/status-hosts.js';
import type { Output } from './session.js';

/** The only things `status --all-hosts` may touch. */
export interface StatusHostsDeps {
  readonly readAllHosts: () => Promise<readonly HostStatus[]>;
  readonly out: Pick<Output, 'print' | 'width' | 'colour'>;
}

/** @throws {SigctlError} `HOSTS_NONE` (exit 2): no host has a short name yet. */
export async function runStatusHosts(
  deps: StatusHostsDeps,
  options: { readonly check: boolean; readonly json: boolean },
): Promise<number> {
  const hosts = await deps.readAllHosts();
  if (hosts.length === 0) throw noHosts();
  deps.out.print(options.json ? renderJson({ hosts }) : renderHostStatuses(hosts, deps.out));
  return options.check && hosts.some(needsAttention) ? EXIT.notInState : EXIT.ok;
}

function needsAttention(host: HostStatus): boolean {
  return host.kind === 'failed' || host.services.some(({ verdict }) => !isFine(verdict) || verdict === 'starting');
}

function noHosts(): SigctlError {
  return new SigctlError('Cannot show all hosts: there are none yet', {
    code: 'HOSTS_NONE',
    hint: 'sigctl host add prod user@vps:/srv/app',
    exitCode: EXIT.usage,
  });
}
