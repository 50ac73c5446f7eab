import type { HealthCheck, Probe } from '../core/stack.js';
import { isRecord } from './copy-plain.js';
import { describeFound } from './describe-found.js';
import type { ShapeFault } from './parse-shape.js';
import type { AppEntry } from './schema.js';
import type { ServicePorts } from './service-ports.js';
import type { CheckEntry } from './watch-schema.js';

const PROBE_KINDS = ['http', 'tcp', 'command', 'log'];
const DEFAULT_EVERY_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 2_000;
/** One slow answer is no failure yet. */
const DEFAULT_FAILURES = 3;
const DEFAULT_SUCCESSES = 1;
const DEFAULT_LOG_WITHIN_MS = 60_000;

type Kind = HealthCheck['kind'];

/** The checks of one app, every default filled in, and what contradicts itself in them. */
export function healthChecks(
  app: AppEntry,
  ports: ServicePorts,
): { readonly checks: readonly HealthCheck[]; readonly faults: readonly ShapeFault[] } {
  const found = (['liveness', 'readiness'] as const).flatMap((kind) =>
    (app.sigctl?.health?.[kind] ?? []).map((entry, index) =>
      buildCheck(kind, entry, ports, ['sigctl', 'health', kind, index]),
    ),
  );
  const checks = found.flatMap(({ check }) => check ?? []);
  const names = checks.map(({ name }) => name);
  const doubled = checks.filter(({ name }, index) => names.indexOf(name) !== index);
  return {
    checks,
    faults: [
      ...found.flatMap(({ faults }) => faults),
      ...doubled.map(({ kind, name }) => ({
        path: ['sigctl', 'health', kind],
        found: `two checks called ${describeFound(name)}`,
        expected: 'a "name" of its own for each check',
      })),
    ],
  };
}

function buildCheck(kind: Kind, entry: CheckEntry, ports: ServicePorts, path: readonly PropertyKey[]) {
  const kinds = PROBE_KINDS.filter((key) => key in entry);
  if (kinds.length !== 1) {
    const found = kinds.length === 0 ? describeFound(isRecord(entry) ? entry : undefined) : kinds.join(' and ');
    return { check: undefined, faults: [{ path, found, expected: `exactly one of ${PROBE_KINDS.join(', ')}` }] };
  }
  const probe = probeOf(entry, ports);
  if (probe === undefined) {
    const expected = 'the port of this check, or "port" of the service';
    return { check: undefined, faults: [{ path: [...path, 'port'], found: 'nothing', expected }] };
  }
  const check: HealthCheck = {
    name: entry.name ?? describeProbe(probe),
    kind,
    probe,
    everyMs: entry.every ?? DEFAULT_EVERY_MS,
    timeoutMs: entry.timeout ?? DEFAULT_TIMEOUT_MS,
    failures: entry.failures ?? DEFAULT_FAILURES,
    successes: entry.successes ?? DEFAULT_SUCCESSES,
  };
  return { check, faults: [] };
}

function probeOf(entry: CheckEntry, { declared, fromShell }: ServicePorts): Probe | undefined {
  if (entry.command !== undefined) return { kind: 'command', command: entry.command };
  if (entry.log !== undefined) {
    return { kind: 'log', pattern: entry.log, withinMs: entry.within ?? DEFAULT_LOG_WITHIN_MS };
  }
  if (entry.tcp !== undefined) return { kind: 'tcp', port: moved(entry.tcp) };
  const port = entry.port === undefined ? (fromShell ?? declared?.port) : moved(entry.port);
  return port === undefined || entry.http === undefined ? undefined : { kind: 'http', path: entry.http, port };

  /** The service's main port follows the shell's PORT. */
  function moved(own: number): number {
    return own === declared?.port ? (fromShell ?? own) : own;
  }
}

function describeProbe(probe: Probe): string {
  switch (probe.kind) {
    case 'http':
      return `http ${probe.path}`;
    case 'tcp':
      return `tcp ${probe.port}`;
    case 'command':
      return `command ${probe.command}`;
    case 'log':
      return `log /${probe.pattern}/`;
  }
}
