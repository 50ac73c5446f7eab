import { join } from 'node:path';
import type { EnvDeps } from '../commands/env.js';
import {
  diffVariables,
  envOf,
  type ProcessVariables,
  type ServiceVariable,
  showVariables,
} from '../core/service-variable.js';
import { type ObservedInstance, observeProcesses } from '../observe/observe-processes.js';
import { addedNodeFlags } from '../operate/service-command.js';
import { serviceVariables } from '../operate/service-env.js';
import { launchPath } from '../process/home.js';
import { readLaunchEnv } from '../process/launch-env.js';
import { isLauncherName, readProcessEnv } from '../process/process-env.js';
import { readFact } from '../store/facts.js';
import { openStatusDb } from '../store/open.js';
import type { Deps } from './deps.js';
import type { Project } from './project.js';

/** What `sigctl env` reads. It changes nothing. */
export function createEnvDeps(deps: Deps): EnvDeps {
  return {
    out: deps.out,
    openStack: async (config) => {
      const project = await deps.openProject(config);
      return { stack: project.stack, read: (keys) => readVariables(project, deps, keys) };
    },
  };
}

function readVariables(project: Project, deps: Deps, keys: readonly string[]): readonly ProcessVariables[] {
  const { stack, paths } = project;
  const mode = readMode(project);
  const seen = observeProcesses(stack, { paths, nowMs: deps.nowMs(), explain: () => false });
  return seen
    .filter(({ listed, key }) => listed && keys.includes(key))
    .map((instance) => {
      const variables = serviceVariables(
        { stack, paths, sigctlBin: join(deps.pkg.root, 'bin/sigctl'), shellEnv: project.shellEnv },
        { spec: instance.spec, instance: instance.instance, mode, kept: project.keptEnv },
      );
      return compare(project, instance, variables);
    });
}

function compare(
  { paths }: Project,
  { spec, key, process: seen }: ObservedInstance,
  variables: readonly ServiceVariable[],
): ProcessVariables {
  const pid = seen.kind === 'running' ? seen.identity.pid : null;
  const { comparedWith, env } = pid === null ? NOTHING : readRunning(pid, launchPath(paths, key));
  // PM2 puts a great deal of its own beside the variables of a clustered app.
  const ignored = (name: string): boolean => spec.kind === 'cluster' || isLauncherName(name);
  return {
    service: spec.name,
    key,
    pid,
    comparedWith,
    variables: showVariables(variables, env),
    differences: comparedWith === null ? [] : diffVariables(env, variables, ignored),
    nodeFlags: spec.kind === 'cluster' ? [] : addedNodeFlags(paths, spec, envOf(variables)),
  };
}

const NOTHING = { comparedWith: null, env: {} };

function readRunning(
  pid: number,
  launchFile: string,
): Pick<ProcessVariables, 'comparedWith'> & { env: Record<string, string> } {
  const env = readProcessEnv(pid);
  if (env !== undefined) return { comparedWith: 'process', env };
  const launched = readLaunchEnv(launchFile);
  return Object.keys(launched).length === 0 ? NOTHING : { comparedWith: 'launch-file', env: launched };
}

function readMode({ paths, isFresh }: Project): string {
  if (isFresh) return '';
  const db = openStatusDb(paths.statusDb);
  try {
    return readFact(db, 'mode') ?? '';
  } finally {
    db.close();
  }
}
