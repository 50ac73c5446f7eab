import type { ReadyRule, ServiceSpec, Stack } from '../core/stack.js';
import { isRecord } from './copy-plain.js';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const flag: Check = (value) => typeof value === 'boolean';
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const record =
  (check: Check): Check =>
  (value) =>
    isRecord(value) && Object.values(value).every(check);
const shape =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(checks).every(([key, check]) => check(value[key]));

const READY = {
  heartbeat: shape({ withinMs: number }),
  http: shape({ path: text, port: number, withinMs: number }),
  tcp: shape({ port: number, withinMs: number }),
  log: shape({ pattern: text, withinMs: number }),
  command: shape({ command: text, withinMs: number }),
  delay: shape({ delayMs: number, withinMs: number }),
  message: shape({ withinMs: number }),
} satisfies Record<ReadyRule['kind'], Check>;

const readyRule: Check = (value) =>
  isRecord(value) && Object.entries(READY).some(([kind, check]) => kind === value['kind'] && check(value));

const SERVICE = {
  name: text,
  kind: (value) => value === 'launcher' || value === 'cluster',
  script: text,
  interpreter: optional(text),
  interpreterArgs: texts,
  args: texts,
  cwd: text,
  env: record(text),
  passEnv: texts,
  instances: number,
  memoryLimitBytes: optional(number),
  killTimeoutMs: number,
  autorestart: flag,
  cronRestart: optional(text),
  namespace: optional(text),
  after: texts,
  needs: texts,
  ready: readyRule,
  health: shape({
    heartbeatWithinMs: optional(number),
    progress: optional(shape({ name: text, withinMs: number })),
  }),
  restart: shape({ backoffMinMs: number, backoffMaxMs: number, breaker: shape({ exits: number, withinMs: number }) }),
  singleton: flag,
  port: optional(number),
  waitReady: flag,
  hash: text,
} satisfies Record<keyof ServiceSpec, Check>;

const STACK = {
  name: text,
  root: text,
  manifestPath: text,
  services: (value) => Array.isArray(value) && value.every(shape(SERVICE)),
  modes: record(texts),
  notes: texts,
} satisfies Record<keyof Stack, Check>;

/** Whether a value that came from a file is a `Stack`, field by field. Extra fields do not matter. */
export function isStack(value: unknown): value is Stack {
  return shape(STACK)(value);
}
