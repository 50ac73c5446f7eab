import { createHash } from 'node:crypto';
import { PROCESS_FIELDS } from '../core/spec-lines.js';
import type { ServiceSpec } from '../core/stack.js';
import { stableJson } from './stable-json.js';

/** `ServiceSpec.hash`: the first 16 hex digits of the sha-256 over all that a restart would change. */
export function serviceHash(spec: Omit<ServiceSpec, 'hash'>): string {
  const effective = Object.fromEntries(PROCESS_FIELDS.map((field) => [field, spec[field]]));
  return createHash('sha256').update(stableJson(effective)).digest('hex').slice(0, 16);
}
