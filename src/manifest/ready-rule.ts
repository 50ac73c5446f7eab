import type { ReadyRule } from '../core/stack.js';
import { isRecord } from './copy-plain.js';
import { describeFound } from './describe-found.js';
import type { ShapeFault } from './parse-shape.js';
import type { AppEntry } from './schema.js';
import type { ServicePorts } from './service-ports.js';

const READY_KINDS = ['heartbeat', 'http', 'tcp', 'log', 'command', 'delay', 'exit'];
const DEFAULT_WITHIN_MS = 30_000;
/** A process that lives this long has parsed its code and bound its port, or died of it. */
const DEFAULT_DELAY_MS = 1_000;

/** A migration or an import takes its time. */
const DEFAULT_EXIT_WITHIN_MS = 300_000;

/** What is wrong with the choice of keys in a `ready` block, as typed. Its values are the schema's business. */
export function checkReadyKinds(rawReady: unknown, knownKeys: readonly string[]): ShapeFault[] {
  if (!isRecord(rawReady)) return [];
  const path = ['sigctl', 'ready'];
  const keys = Object.keys(rawReady);
  const kinds = READY_KINDS.filter((kind) => keys.includes(kind));
  // A misspelt kind is one fault, and it is already told.
  const misspelt = kinds.length === 0 && keys.some((key) => !knownKeys.includes(key));
  const faults: ShapeFault[] = [];
  if (kinds.length !== 1 && !misspelt) {
    const found = kinds.length === 0 ? describeFound(rawReady) : kinds.join(' and ');
    faults.push({ path, found, expected: `exactly one of ${READY_KINDS.join(', ')}` });
  }
  if ('port' in rawReady && !('http' in rawReady) && !misspelt) {
    faults.push({
      path: [...path, 'port'],
      found: describeFound(rawReady['port']),
      expected: 'no port, except beside http',
    });
  }
  return faults;
}

/** The rule of one app, every default filled in: `wait_ready` asks for the message, and nothing for one second of life, or for the end of a oneshot. */
export function readyRule(app: AppEntry, ports: ServicePorts): ReadyRule | ShapeFault {
  const ready = app.sigctl?.ready;
  const withinMs = ready?.within ?? DEFAULT_WITHIN_MS;
  if (ready?.heartbeat !== undefined) return { kind: 'heartbeat', withinMs };
  if (ready?.http !== undefined) return httpRule(ready.http, portToProbe(ready.port, ports), withinMs);
  if (ready?.tcp !== undefined) return { kind: 'tcp', port: portToProbe(ready.tcp, ports) ?? ready.tcp, withinMs };
  if (ready?.log !== undefined) return { kind: 'log', pattern: ready.log, withinMs };
  if (ready?.command !== undefined) return { kind: 'command', command: ready.command, withinMs };
  if (ready?.delay !== undefined) return delayRule(ready.delay, ready.within);
  if (ready?.exit !== undefined) return exitRule(app);
  if (app.wait_ready !== true && app.sigctl?.oneshot === true) return exitRule(app);
  if (app.wait_ready !== true) return delayRule(DEFAULT_DELAY_MS, undefined);
  return { kind: 'message', withinMs: app.listen_timeout ?? DEFAULT_WITHIN_MS };
}

/** A rule without a port of its own, or with the service's main one, follows the service when the shell moves it. */
function portToProbe(own: number | undefined, { declared, fromShell }: ServicePorts): number | undefined {
  const isMain = own === undefined || own === declared?.port;
  return isMain ? (fromShell ?? declared?.port) : own;
}

function httpRule(path: string, port: number | undefined, withinMs: number): ReadyRule | ShapeFault {
  if (port !== undefined) return { kind: 'http', path, port, withinMs };
  return {
    path: ['sigctl', 'ready', 'port'],
    found: 'nothing',
    expected: 'a port here, in sigctl.port or in env.PORT',
  };
}

function exitRule(app: AppEntry): ReadyRule | ShapeFault {
  const withinMs = app.sigctl?.ready?.within ?? DEFAULT_EXIT_WITHIN_MS;
  if (app.sigctl?.oneshot === true) return { kind: 'exit', withinMs };
  return { path: ['sigctl', 'ready', 'exit'], found: 'true', expected: 'nothing, or "oneshot: true" beside "ready"' };
}

function delayRule(delayMs: number, withinMs: number | undefined): ReadyRule | ShapeFault {
  if (withinMs === undefined) return { kind: 'delay', delayMs, withinMs: Math.max(DEFAULT_WITHIN_MS, delayMs * 2) };
  if (delayMs <= withinMs) return { kind: 'delay', delayMs, withinMs };
  return { path: ['sigctl', 'ready', 'within'], found: `${withinMs}ms`, expected: `at least the delay, ${delayMs}ms` };
}
