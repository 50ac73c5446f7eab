import { formatLimit } from './duration.js';
import { isRecord } from './is-record.js';
import { isSecretName, maskSecrets } from './mask.js';
import { formatSize } from './size.js';
import type { ServiceSpec } from './stack.js';

/** One setting of a service, as people write it: `kill_timeout`, `env.PORT`. */
export interface SpecLine {
  /** The key in the manifest. */
  readonly key: string;
  /** For people: units, secrets masked. */
  readonly shown: string;
  /** For comparison: the exact value. Never to be shown. */
  readonly exact: string;
  /** A running process has to be restarted for it. */
  readonly needsRestart: boolean;
}

/** What the running process was made from. The rest (`after`, `ready`, `health`, …) is read by sigctl and needs no restart. */
export const PROCESS_FIELDS = [
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

/** Where each field stands in the manifest. */
const KEYS: Readonly<Record<keyof ServiceSpec, string>> = {
  name: 'name',
  kind: 'exec_mode',
  script: 'script',
  interpreter: 'interpreter',
  interpreterArgs: 'node_args',
  args: 'args',
  cwd: 'cwd',
  env: 'env',
  envFrom: 'env',
  passEnv: 'sigctl.passEnv',
  instances: 'instances',
  memoryLimitBytes: 'max_memory_restart',
  memorySoftBytes: 'sigctl.memory.soft',
  killTimeoutMs: 'kill_timeout',
  autorestart: 'autorestart',
  oneshot: 'sigctl.oneshot',
  cronRestart: 'cron_restart',
  namespace: 'namespace',
  after: 'sigctl.after',
  needs: 'sigctl.needs',
  ready: 'sigctl.ready',
  health: 'sigctl.health',
  checks: 'sigctl.health.checks',
  restart: 'sigctl.restart',
  logs: 'sigctl.logs',
  reload: 'sigctl.reload',
  takeBackLast: 'sigctl.takeBack',
  singleton: 'sigctl.singleton',
  port: 'sigctl.port',
  waitReady: 'wait_ready',
  hash: 'hash',
};

/** What says nothing to people, or nothing of its own. */
const UNSHOWN: readonly (keyof ServiceSpec)[] = ['hash', 'name', 'envFrom'];

/** A service as one line for each setting, in the order of the manifest. */
export function specLines(spec: ServiceSpec): readonly SpecLine[] {
  return fieldsOf(spec).flatMap((field) => {
    const needsRestart = PROCESS_FIELDS.some((name) => name === field);
    return flatten(KEYS[field], inManifest(field, spec)).map(({ key, value }) => ({
      key: manifestKey(key),
      shown: show(key, value),
      exact: JSON.stringify(value) ?? '',
      needsRestart,
    }));
  });
}

function inManifest(field: keyof ServiceSpec, spec: ServiceSpec): unknown {
  if (field === 'takeBackLast') return spec.takeBackLast ? 'last' : 'in order';
  if (field === 'kind') return spec.kind === 'launcher' ? 'fork' : 'cluster';
  return spec[field];
}

/** What stands in the manifest under another word, or in another form. */
const MANIFEST_WORDS: Readonly<Record<string, string>> = {
  'sigctl.health.heartbeatWithinMs': 'sigctl.health.heartbeat',
  'sigctl.health.onHung': 'sigctl.health.on_hung',
  'sigctl.health.onStale': 'sigctl.health.on_stale',
  'sigctl.health.onUnhealthy': 'sigctl.health.on_unhealthy',
  'sigctl.restart.backoffMinMs': 'sigctl.restart.backoff[0]',
  'sigctl.restart.backoffMaxMs': 'sigctl.restart.backoff[1]',
  'sigctl.restart.successCodes': 'sigctl.restart.success',
  'sigctl.restart.neverCodes': 'sigctl.restart.never',
  'sigctl.logs.maxBytes': 'sigctl.logs.size',
  'sigctl.logs.maxAgeMs': 'sigctl.logs.age',
};

/** `sigctl.ready.withinMs` is `within` in the manifest: there the unit stands in the value. */
function manifestKey(key: string): string {
  return MANIFEST_WORDS[key] ?? key.replace(/(?<=[a-z])(Ms|Bytes)$/, '');
}

function fieldsOf(spec: ServiceSpec): readonly (keyof ServiceSpec)[] {
  const known = Object.keys(KEYS).filter((key): key is keyof ServiceSpec => key in spec);
  return known.filter((field) => !UNSHOWN.includes(field) && spec[field] !== undefined);
}

/** Blocks become a line for each key in them; lists of plain values stay one line. */
function flatten(key: string, value: unknown): readonly { readonly key: string; readonly value: unknown }[] {
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([name, inner]) =>
      inner === undefined ? [] : flatten(`${key}.${name}`, inner),
    );
  }
  if (Array.isArray(value) && value.some(isRecord)) {
    return value.flatMap((item, index) => flatten(`${key}[${index}]`, item));
  }
  return [{ key, value }];
}

function show(key: string, value: unknown): string {
  const name = key.slice(key.lastIndexOf('.') + 1);
  if (key.startsWith('env.')) return isSecretName(name) ? '*****' : maskSecrets(String(value), []);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((item) => show('', item)).join(' ');
  if (typeof value === 'number' && /Ms$|_timeout$/.test(key)) return formatLimit(value);
  if (typeof value === 'number' && /Bytes$|memory/.test(key)) return formatSize(value);
  return maskSecrets(String(value), []);
}
