import {
  type AlertChannel,
  type EnvSource,
  type HealthRule,
  type Probe,
  RELOAD_SIGNALS,
  type ReadyRule,
  type RestartPolicy,
  type ServiceSpec,
  type Stack,
} from '../core/stack.js';
import { VERDICTS } from '../core/verdict.js';
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
const shape = (checks: Readonly<Record<string, Check>>): Check => {
  // Listed once, as there are hundreds of services to look at.
  const entries = Object.entries(checks);
  return (value) => {
    if (!isRecord(value)) return false;
    for (const [key, check] of entries) if (!check(value[key])) return false;
    return true;
  };
};

const READY = {
  heartbeat: shape({ withinMs: number }),
  http: shape({ path: text, port: number, withinMs: number }),
  tcp: shape({ port: number, withinMs: number }),
  log: shape({ pattern: text, withinMs: number }),
  command: shape({ command: text, withinMs: number }),
  delay: shape({ delayMs: number, withinMs: number }),
  exit: shape({ withinMs: number }),
  message: shape({ withinMs: number }),
} satisfies Record<ReadyRule['kind'], Check>;

const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** A union told apart by `kind`. */
const byKind =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(checks).some(([kind, check]) => kind === value['kind'] && check(value));

const reaction = oneOf('restart', 'alert', 'ignore');
const verdicts = list(oneOf(...VERDICTS));

const PROBE = {
  http: shape({ path: text, port: number }),
  tcp: shape({ port: number }),
  command: shape({ command: text }),
  log: shape({ pattern: text, withinMs: number }),
} satisfies Record<Probe['kind'], Check>;

const HEALTH = {
  heartbeatWithinMs: optional(number),
  progress: optional(shape({ name: text, withinMs: number })),
  onHung: reaction,
  onStale: reaction,
  onUnhealthy: reaction,
} satisfies Record<keyof HealthRule, Check>;

const RESTART = {
  backoffMinMs: number,
  backoffMaxMs: number,
  breaker: shape({ exits: number, withinMs: number }),
  successCodes: list(number),
  neverCodes: list(number),
} satisfies Record<keyof RestartPolicy, Check>;

const CHECK = shape({
  name: text,
  kind: oneOf('liveness', 'readiness'),
  probe: byKind(PROBE),
  everyMs: number,
  timeoutMs: number,
  failures: number,
  successes: number,
});

const CHANNEL = {
  telegram: shape({ token: text, chat: text, api: text }),
  webhook: shape({ url: text, headers: record(text) }),
  command: shape({ command: text }),
} satisfies Record<AlertChannel['kind'], Check>;

const WATCH = shape({
  enabled: flag,
  minFreeBytes: number,
  history: shape({ keepMs: number, maxEvents: number }),
  alerts: shape({
    channels: list(byKind(CHANNEL)),
    verdicts,
    afterMs: number,
    quiet: optional(shape({ fromMinute: number, toMinute: number, timeZone: optional(text), except: verdicts })),
  }),
});

const ENV_SOURCE = {
  env: shape({}),
  env_file: shape({ file: text }),
  port: shape({}),
  python: shape({}),
} satisfies Record<EnvSource['kind'], Check>;

const SERVICE = {
  name: text,
  kind: (value) => value === 'launcher' || value === 'cluster',
  script: text,
  interpreter: optional(text),
  interpreterArgs: texts,
  args: texts,
  cwd: text,
  env: record(text),
  envFrom: record(byKind(ENV_SOURCE)),
  passEnv: texts,
  instances: number,
  memoryLimitBytes: optional(number),
  memorySoftBytes: optional(number),
  killTimeoutMs: number,
  autorestart: flag,
  oneshot: flag,
  cronRestart: optional(text),
  namespace: optional(text),
  after: texts,
  needs: texts,
  ready: byKind(READY),
  health: shape(HEALTH),
  checks: list(CHECK),
  restart: shape(RESTART),
  logs: shape({ maxBytes: number, maxAgeMs: optional(number), keepBytes: number, gzip: flag }),
  reload: optional(shape({ signal: oneOf(...RELOAD_SIGNALS), withinMs: number })),
  takeBackLast: flag,
  singleton: flag,
  port: optional(number),
  waitReady: flag,
  hash: text,
} satisfies Record<keyof ServiceSpec, Check>;

const STACK = {
  name: text,
  root: text,
  manifestPath: text,
  services: list(shape(SERVICE)),
  modes: record(texts),
  notes: texts,
  watch: WATCH,
} satisfies Record<keyof Stack, Check>;

/** Whether a value that came from a file is a `Stack`, field by field. Extra fields do not matter. */
export function isStack(value: unknown): value is Stack {
  return shape(STACK)(value);
}

/** Whether a value that came from a file is one service of a `Stack`. */
export function isServiceSpec(value: unknown): value is ServiceSpec {
  return shape(SERVICE)(value);
}
