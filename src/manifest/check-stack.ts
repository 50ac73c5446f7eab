import { findCycle } from '../core/graph.js';
import { nearest } from '../core/nearest.js';
import { processKeys, type ServiceSpec } from '../core/stack.js';
import { describeFound } from './describe-found.js';
import type { ShapeFault } from './parse-shape.js';
import type { ServicePorts } from './service-ports.js';

/** One app among its neighbours. */
export interface Member {
  /** Position in `apps`. */
  readonly index: number;
  readonly spec: ServiceSpec;
  readonly ports: ServicePorts;
}

export interface MemberFault extends ShapeFault {
  readonly index: number;
}

/** What no app can know alone: names and ports taken twice, services that do not exist, cycles. */
export function checkStack(members: readonly Member[]): MemberFault[] {
  return [...checkNames(members), ...checkPorts(members), ...checkDependencies(members), ...checkCycles(members)];
}

/** Names are compared with those of processes: `web-0` is taken when `web` has two instances. */
function checkNames(members: readonly Member[]): MemberFault[] {
  const owners = new Map<string, Member>();
  const faults: MemberFault[] = [];
  for (const member of members) {
    const { name } = member.spec;
    if (name === '') continue;
    const taken = [name, ...processKeys(member.spec)].find((key) => owners.has(key));
    const owner = taken === undefined ? undefined : owners.get(taken);
    if (taken !== undefined && owner !== undefined) {
      const expected = `a name that apps[${owner.index}] ("${owner.spec.name}") and its processes do not have`;
      faults.push({ index: member.index, path: ['name'], found: describeFound(taken), expected });
    }
    for (const key of [name, ...processKeys(member.spec)]) if (!owners.has(key)) owners.set(key, member);
  }
  return faults;
}

function checkPorts(members: readonly Member[]): MemberFault[] {
  const owners = new Map<number, Member>();
  const faults: MemberFault[] = [];
  for (const member of members) {
    const { declared } = member.ports;
    if (declared === undefined) continue;
    const owner = owners.get(declared.port);
    if (owner === undefined) owners.set(declared.port, member);
    else {
      const expected = `a port that apps[${owner.index}] ("${owner.spec.name}") does not have`;
      faults.push({ index: member.index, path: declared.path, found: String(declared.port), expected });
    }
  }
  return faults;
}

function checkDependencies(members: readonly Member[]): MemberFault[] {
  const known = members.map((member) => member.spec.name).filter((name) => name !== '');
  return members.flatMap(({ index, spec }) =>
    (['after', 'needs'] as const).flatMap((relation) =>
      spec[relation].flatMap((name) => {
        const path = ['sigctl', relation];
        if (name === spec.name)
          return [{ index, path, found: describeFound(name), expected: 'other services than itself' }];
        if (known.includes(name)) return [];
        return [{ index, path, found: describeFound(name), expected: definedService(name, known) }];
      }),
    ),
  );
}

/**
 * One fault for each cycle: after one is found, its last step is taken as gone and the search goes on.
 * Where a name is taken twice, the first app has it.
 */
function checkCycles(members: readonly Member[]): MemberFault[] {
  const firsts = members.filter(({ spec }, at) => members.findIndex((other) => other.spec.name === spec.name) === at);
  let nodes = firsts.map(({ spec: { name, after, needs } }) => {
    const others = (names: readonly string[]): string[] => names.filter((other) => other !== name);
    return { name, after: others(after), needs: others(needs) };
  });
  const faults: MemberFault[] = [];
  for (let cycle = findCycle(nodes); cycle !== undefined; cycle = findCycle(nodes)) {
    const [first, second] = cycle;
    const member = members.find(({ spec }) => spec.name === first);
    const [before, last] = cycle.slice(-2);
    nodes = nodes.map((node) => {
      if (node.name !== before) return node;
      return {
        ...node,
        after: node.after.filter((name) => name !== last),
        needs: node.needs.filter((name) => name !== last),
      };
    });
    const relation = second !== undefined && member?.spec.after.includes(second) ? 'after' : 'needs';
    faults.push({
      index: member?.index ?? 0,
      path: ['sigctl', relation],
      found: `the cycle ${cycle.join(' -> ')}`,
      expected: 'an order in which every service can start',
    });
  }
  return faults;
}

/** `known`: every service, so that the operator sees what was possible. */
export function definedService(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `a defined service, perhaps "${near}"`;
  return `one of the defined services: ${[...new Set(known)].join(', ')}`;
}
