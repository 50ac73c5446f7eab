import type { HostStatus } from '../core/host-status.js';
import { isRecord } from '../core/is-record.js';
import type { ServiceReport } from '../core/service-report.js';
import { SigctlError } from '../errors.js';
import type { Connection } from './connection.js';
import { findHost, type Host } from './find-host.js';
import type { Hosts } from './hosts-file.js';
import { collectRemote } from './run-remote.js';

/** Asks every host for its status, all at once. A host that cannot answer costs the others nothing. */
export function readAllHosts(connection: Connection, hosts: Hosts): Promise<readonly HostStatus[]> {
  const known = Object.keys(hosts).sort();
  return Promise.all(known.map((name) => readHost(connection, findHost(`@${name}`, hosts))));
}

async function readHost(connection: Connection, host: Host): Promise<HostStatus> {
  try {
    const { exitCode, stdout, stderr } = await collectRemote(connection, { host, argv: ['status', '--json'], env: {} });
    return parseAnswer(host.name, stdout) ?? failed(host, 'HOST_ANSWER_INVALID', `exit code ${exitCode}: ${stderr}`);
  } catch (error) {
    if (error instanceof SigctlError) return failed(host, error.code, error.message);
    throw error;
  }
}

/** The document of `sigctl status --json`: a status, or an error of ours. */
function parseAnswer(host: string, text: string): HostStatus | undefined {
  const value = parse(text);
  if (!isRecord(value)) return undefined;
  const { stack, mode, services, error } = value;
  if (isRecord(error)) return { kind: 'failed', host, code: String(error['code']), reason: String(error['message']) };
  if (!isRecord(stack) || !Array.isArray(services) || !services.every(isReport)) return undefined;
  return {
    kind: 'answered',
    host,
    stack: String(stack['name']),
    mode: typeof mode === 'string' ? mode : null,
    services,
  };
}

/** Another version may say more or less; these are what the table cannot do without. */
function isReport(value: unknown): value is ServiceReport {
  return isRecord(value) && ['key', 'service', 'verdict', 'reason'].every((name) => typeof value[name] === 'string');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an answer that cannot be used, and the caller says so.
    return undefined;
  }
}

function failed({ name }: Host, code: string, reason: string): HostStatus {
  return { kind: 'failed', host: name, code, reason };
}
