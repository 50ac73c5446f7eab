import type { Deed } from './apply-step.js';
import type { Wanted } from './deeds.js';
import { MODES, SERVICES, type ServiceName } from './services.js';
import type { CliCommand } from './step.js';

/**
 * What the operator's commands of one step ask for, given how they ended. A command that came to its end is certain; one that was
 * cut short or failed may have asked or not; two that disagree leave it open.
 */
export function wantedAfter(
  before: ReadonlyMap<ServiceName, Wanted>,
  deeds: readonly Deed[],
): Map<ServiceName, Wanted> {
  const after = new Map(before);
  for (const service of SERVICES) {
    const asked = new Set(deeds.flatMap((deed) => askedOf(deed, service) ?? []));
    const [only] = asked;
    if (only !== undefined) after.set(service, asked.size === 1 ? only : 'maybe');
  }
  return after;
}

function askedOf({ action, run }: Deed, service: ServiceName): Wanted | undefined {
  if (action.kind !== 'cli') return undefined;
  const asked = wish(action.command, service);
  return asked === undefined || run?.exitCode === 0 ? asked : 'maybe';
}

function wish(command: CliCommand, service: ServiceName): 'yes' | 'no' | undefined {
  switch (command.verb) {
    case 'backup':
      return undefined;
    case 'mode':
      return (MODES[command.mode] as readonly ServiceName[]).includes(service) ? 'yes' : 'no';
    case 'stop':
      return command.services.includes(service) ? 'no' : undefined;
    default:
      return command.services.includes(service) ? 'yes' : undefined;
  }
}
