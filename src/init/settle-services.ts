import type { InitPlan, PlannedService } from './init-plan.js';
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
  const first = services.find(takesShellPort);
  const modes = Object.entries(plan.modes).map(([mode, members]) => [
    serviceName(mode, new Set()),
    members.flatMap((member) => resolveName(member, names) ?? []),
  ]);
  return {
    ...plan,
    services: services.map((service) => (service === first ? service : withoutShellPort(service))),
    modes: Object.fromEntries(modes.filter(([, members]) => (members?.length ?? 0) > 0)),
  };
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
  const lost =
    gone.length === 0 ? [] : [`waits for ${gone.map((name) => `"${name}"`).join(', ')}, which is no service here`];
  return {
    ...rest,
    ...(settle(after).length > 0 ? { after: settle(after) } : {}),
    ...(settle(needs).length > 0 ? { needs: settle(needs) } : {}),
    notes: [...rest.notes, ...lost],
  };
}

function takesShellPort({ passEnv }: PlannedService): boolean {
  return passEnv?.includes('PORT') === true;
}

/** Two services that both take the PORT of the shell would fight for it: the first one has it, the others what stands here. */
function withoutShellPort(service: PlannedService): PlannedService {
  const { passEnv, ...rest } = service;
  const others = (passEnv ?? []).filter((name) => name !== 'PORT');
  return others.length > 0 ? { ...rest, passEnv: others } : rest;
}

/** A service that hears of its port through PORT moves to a free one; of another, no port is said at all. */
function withOwnPort(service: PlannedService, owners: Map<number, string>): PlannedService {
  const port = service.port ?? portOfEnv(service);
  if (port === undefined) return service;
  const owner = owners.get(port);
  if (owner === undefined) {
    owners.set(port, service.name);
    return service;
  }
  if (portOfEnv(service) !== port)
    return withoutPort(service, `listens on port ${port} like "${owner}": give one of them another`);
  const free = freePort(port, owners);
  owners.set(free, service.name);
  return {
    ...moveTo(service, port, free),
    notes: [...service.notes, `PORT was ${port}, which "${owner}" has: it is ${free} now`],
  };
}

function withoutPort(service: PlannedService, note: string): PlannedService {
  const { port: _taken, ready, ...rest } = service;
  const kept = ready === undefined || ready.kind === 'http' || ready.kind === 'tcp' ? {} : { ready };
  return { ...rest, ...kept, notes: [...rest.notes, note] };
}

function moveTo(service: PlannedService, from: number, to: number): PlannedService {
  const { ready, ...rest } = service;
  const follows = (ready?.kind === 'http' || ready?.kind === 'tcp') && ready.port === from;
  return {
    ...rest,
    ...(service.port === undefined ? {} : { port: to }),
    ...(ready === undefined ? {} : { ready: follows ? { ...ready, port: to } : ready }),
    env: { ...service.env, PORT: String(to) },
  };
}

function portOfEnv({ env }: PlannedService): number | undefined {
  const text = env?.['PORT'] ?? '';
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535 ? Number(text) : undefined;
}

function freePort(from: number, owners: ReadonlyMap<number, string>): number {
  let port = from;
  while (owners.has(port)) port = port === 65_535 ? 1_024 : port + 1;
  return port;
}
