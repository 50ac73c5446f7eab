import type { ConfigDeps } from '../commands/config.js';
import { diffSpecs, type ServiceDiff } from '../core/config-diff.js';
import { isSecretName, maskSecrets, secretValues } from '../core/mask.js';
import type { ServiceSpec } from '../core/stack.js';
import { isServiceSpec } from '../manifest/parse-stack.js';
import { type ObservedInstance, observeProcesses } from '../observe/observe-processes.js';
import { readRunningSpec } from '../process/running-spec.js';
import { readDesired } from '../store/desired.js';
import { openStatusDb } from '../store/open.js';
import type { Deps } from './deps.js';
import type { Project } from './project.js';

/** What `sigctl config` reads. It changes nothing. */
export function createConfigDeps(deps: Deps): ConfigDeps {
  return {
    out: deps.out,
    readStack: async (config) => (await deps.openProject(config)).stack,
    readDiffs: async (config) => readDiffs(await deps.openProject(config), deps.nowMs()),
    mask,
  };
}

function readDiffs(project: Project, nowMs: number): readonly ServiceDiff[] {
  const { stack, paths } = project;
  if (project.isFresh) return [];
  const hashes = readStartedHashes(project);
  const seen = observeProcesses(stack, { paths, nowMs, explain: () => false });
  const live = seen.filter(({ process }) => process.kind === 'running');
  const diffs = live.flatMap((instance) => diffOf(project, instance, hashes.get(instance.spec.name)) ?? []);
  // Several processes of a service were started from the same entry.
  return diffs.filter(({ service }, index) => diffs.findIndex((other) => other.service === service) === index);
}

function diffOf(
  { paths }: Project,
  { spec, key, listed, owner }: ObservedInstance,
  startedHash: string | undefined,
): ServiceDiff | undefined {
  if (!listed) return owner === undefined || owner === key ? { kind: 'gone', service: spec.name } : undefined;
  const running = readRunningSpec(paths, key);
  if (!isServiceSpec(running)) {
    return startedHash === undefined || startedHash === spec.hash ? undefined : { kind: 'unknown', service: spec.name };
  }
  const differences = diffSpecs(running, spec);
  return differences.length === 0 ? undefined : { kind: 'changed', service: spec.name, differences };
}

function readStartedHashes({ paths }: Project): ReadonlyMap<string, string> {
  const db = openStatusDb(paths.statusDb);
  try {
    return new Map(
      readDesired(db).flatMap(({ service, manifestHash }) => (manifestHash === null ? [] : [[service, manifestHash]])),
    );
  } finally {
    db.close();
  }
}

/** Values of secret variables, and what stands of them anywhere else in the entry. */
function mask(spec: ServiceSpec): Readonly<Record<string, unknown>> {
  const secrets = secretValues(spec.env);
  const env = Object.entries(spec.env).map(([name, value]) => [
    name,
    isSecretName(name) ? '*****' : maskSecrets(value, secrets),
  ]);
  const text = maskSecrets(JSON.stringify({ ...spec, env: {} }), secrets);
  return { ...JSON.parse(text), env: Object.fromEntries(env) };
}
