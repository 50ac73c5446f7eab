import type { ServiceSpec } from '../../core/stack.js';
import type { ObservedInstance } from '../../observe/observe-processes.js';
import { type PortHolder, readListeningPorts, readPortHolders } from '../../process/ports.js';
import { readTree } from '../../process/tree.js';
import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { type CheckFinding, error, notChecked, orOk, warning } from '../report.js';
import { count, describeProcess } from '../words.js';

/** The declared port of one service, and who listens on it. */
export interface PortSituation {
  readonly service: string;
  readonly port: number;
  readonly wanted: boolean;
  /** Past the deadline of its start: by now it should listen. */
  readonly isUp: boolean;
  /** Its processes, children included. */
  readonly ownPids: readonly number[];
  /** Other ports that it listens on. */
  readonly ownPorts: readonly number[];
  readonly holders: readonly PortHolder[];
  /** Which service of this stack a process belongs to. */
  readonly ownerOf: (pid: number) => string | undefined;
}

/** Declared ports that somebody else holds, and services that are up and do not listen. In a cluster PM2 holds the port. */
export function checkPorts({ stack, facts, nowMs }: CheckDeps): readonly CheckFinding[] {
  if (stack === undefined) return [notChecked(NO_STACK)];
  const members = facts.instances().map((instance) => ({ instance, pids: treeOf(instance) }));
  const ownerOf = (pid: number) => members.find(({ pids }) => pids.includes(pid))?.instance.spec.name;
  const declared = stack.services.flatMap((spec) =>
    spec.port === undefined || spec.kind === 'cluster' ? [] : [{ spec, port: spec.port }],
  );
  const found = declared.flatMap(({ spec, port }) => {
    const own = members.filter(({ instance }) => instance.spec.name === spec.name);
    const ownPids = own.flatMap(({ pids }) => pids);
    return judgePort({
      service: spec.name,
      port,
      wanted: facts.wanted().has(spec.name),
      isUp: own.some(({ instance }) => isPastStart(spec, instance, nowMs())),
      ownPids,
      ownPorts: readListeningPorts(ownPids),
      holders: readPortHolders(port),
      ownerOf,
    });
  });
  return orOk(found, `${count(declared.length, 'declared port')}, free or held by the service itself`);
}

function treeOf({ process }: ObservedInstance): readonly number[] {
  return process.kind === 'running' ? readTree(process.identity.pid) : [];
}

function isPastStart(spec: ServiceSpec, { process }: ObservedInstance, nowMs: number): boolean {
  return process.kind === 'running' && nowMs - process.startedAtMs > spec.ready.withinMs;
}

/** Pure. A port that one of the service's own processes listens on is in order, whoever else does. */
export function judgePort(situation: PortSituation): readonly CheckFinding[] {
  const { service, port, holders, ownPids, isUp, wanted } = situation;
  if (holders.some(({ pid }) => pid !== undefined && ownPids.includes(pid))) return [];
  const [stranger] = holders;
  if (stranger !== undefined) {
    const report = { code: 'PORT_HELD', subject: service, ...describeStranger(situation, stranger) } as const;
    return [wanted ? error(report) : warning(report)];
  }
  return isUp ? [describeSilence(service, port, situation.ownPorts)] : [];
}

function describeStranger({ service, port, ownerOf, ownPids, wanted }: PortSituation, { pid, command }: PortHolder) {
  const effect =
    ownPids.length > 0 ? `${service} runs without it` : `${service} cannot start${wanted ? ', and should run' : ''}`;
  if (pid === undefined) {
    return {
      evidence: `port ${port} is held by ${command}: ${effect}`,
      mend: `sudo ss -ltnp 'sport = :${port}' names it; end it, or give ${service} another port`,
    };
  }
  const owner = ownerOf(pid);
  if (owner !== undefined) {
    return {
      evidence: `port ${port} is held by the service ${owner}, ${describeProcess(pid, command)}: ${effect}`,
      mend: `give ${owner} or ${service} another port in the manifest, then sigctl restart ${owner} ${service}`,
    };
  }
  return {
    evidence: `port ${port} is held by ${describeProcess(pid, command)}, which is no service of this stack: ${effect}`,
    mend: `kill ${pid}, or give ${service} another port in the manifest`,
  };
}

function describeSilence(service: string, port: number, others: readonly number[]): CheckFinding {
  const instead = others.length === 0 ? 'on no port at all' : `on ${others.join(', ')} instead`;
  return warning({
    code: 'PORT_SILENT',
    subject: service,
    evidence: `is up and does not listen on its port ${port}: it listens ${instead}`,
    mend: others.length === 0 ? `sigctl logs ${service}` : `correct the port in the manifest, or PORT in its env`,
  });
}
