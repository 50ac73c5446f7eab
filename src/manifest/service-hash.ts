import { createHash } from 'node:crypto';
import type { ServiceSpec } from '../core/stack.js';
import { stableJson } from './stable-json.js';

/** What the running process was made from. The rest (`after`, `ready`, `health`, …) is read by sigctl and needs no restart. */
const PROCESS_FIELDS = [
  'name',
  'kind',
  'script',
  'interpreter',
  'interpreterArgs',
  'args',
  'cwd',
  'env',
  'passEnv',
  'instances',
  'memoryLimitBytes',
  'killTimeoutMs',
  'autorestart',
  'oneshot',
  'cronRestart',
  'namespace',
  'restart',
  'waitReady',
] as const satisfies readonly (keyof ServiceSpec)[];

/** `ServiceSpec.hash`: the first 16 hex digits of the sha-256 over all that a restart would change. */
export function serviceHash(spec: Omit<ServiceSpec, 'hash'>): string {
  const effective = Object.fromEntries(PROCESS_FIELDS.map((field) => [field, spec[field]]));
  return createHash('sha256').update(stableJson(effective)).digest('hex').slice(0, 16);
}
