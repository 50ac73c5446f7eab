import type { InitPlan, PlannedReady, PlannedService } from './init-plan.js';
import { serviceName } from './service-name.js';

/** Makes one plan out of services that know nothing of each other: valid names, each port once, no reference into the void. */
export function settleServices(plan: InitPlan): InitPlan {
  const names = settleNames(plan.services);
  const ports = new Map<number, string>();
  const services = plan.services.map((service, index) => {
    const name = names[index]?.name ?? service.name;
    const renamed = name === service.name ? [] : [`was called "${service.name}" in its source`];
    const linked = relink({ ...service, name, notes: [...service.notes, ...renamed] }, names);
    return withOwnPort(linked, ports);
  });
  const modes = Object.entries(plan.modes).map(([mode, members]) => [
    serviceName(mode, new Set()),
    members.flatMap((member) => resolveName(member, names) ?? []),
  ]);
  return { ...plan, services, modes: Object.fromEntries(modes.filter(([, members]) => (members?.length ?? 0) > 0)) };
}

interface SettledName {
  readonly typed: string;
  readonly name: string;
}

/** Names of processes count too: `web-0` is taken when `web` has two instances. */
function settleNames(services: readonly PlannedService[]): readonly SettledName[] {
  const taken = new Set<string>();
  return services.map(({ name: typed, instances = 1 }) => {
    const name = serviceName(typed, taken);
    taken.add(name);
    for (let index = 0; instances > 1 && index < instances; index++) taken.add(`${name}-${index}`);
    return { typed, name };
  });
}

function resolveName(typed: string, names: readonly SettledName[]): string | undefined {
  return names.find((entry) => entry.typed === typed)?.name;
}

function relink(service: PlannedService, names: readonly SettledName[]): PlannedService {
  const { after = [], needs = [], ...rest } = service;
  const gone = [...after, ...needs].filter((typed) => resolveName(typed, names) === undefined);
  const settle = (list: readonly string[]): readonly string[] => [
    ...new Set(list.flatMap((typed) => resolveName(typed, names) ?? [])),
  ];
  const lost = gone.length === 0 ? [] : [`waits for ${gone.map((name) => `"${name}"`).join(', ')}, which is no service here`];
  return {
    ...rest,
    ...(settle(after).length > 0 ? { after: settle(after) } : {}),
    ...(settle(needs).length > 0 ? { needs: settle(needs) } : {}),
    notes: [...rest.notes, ...lost],
  };
}

function withOwnPort(service: PlannedService, owners: Map<number, string>): PlannedService {
  const port = service.port;
  if (port === undefined) return service;
  const owner = owners.get(port);
  if (owner === undefined) {
    owners.set(port, service.name);
    return service;
  }
  const { port: _taken, ready, ...rest } = service;
  const note = `listens on port ${port} like "${owner}": give one of them another`;
  return { ...rest, ...(usesPort(ready) ? {} : { ready: ready as PlannedReady }), notes: [...rest.notes, note] };
}

function usesPort(ready: PlannedReady | undefined): boolean {
  return ready === undefined || ready.kind === 'http' || ready.kind === 'tcp';
}
