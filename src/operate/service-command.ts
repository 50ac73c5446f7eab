import { mkdirSync } from 'node:fs';
import { inspectPort, nodeFlags } from '../core/node-flags.js';
import type { ServiceSpec } from '../core/stack.js';
import { type HomePaths, reportFolder } from '../process/home.js';
import type { OperateContext } from './context.js';

/** Program and arguments of a service, with what sigctl adds for node. @param env The service's whole environment. */
export function serviceCommand(
  { paths }: Pick<OperateContext, 'paths'>,
  spec: ServiceSpec,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  if (spec.interpreter === undefined) return [spec.script, ...spec.args];
  const flags = addedNodeFlags(paths, spec, env);
  if (flags.length > 0) mkdirSync(reportFolder(paths), { recursive: true, mode: 0o700 });
  return [spec.interpreter, ...flags, ...spec.interpreterArgs, spec.script, ...spec.args];
}

/** What sigctl adds to the command line of one process, given its whole environment. */
export function addedNodeFlags(
  paths: HomePaths,
  spec: ServiceSpec,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  return nodeFlags({
    spec,
    nodeOptions: env['NODE_OPTIONS'],
    execPath: process.execPath,
    reportFolder: reportFolder(paths),
    // Of several processes each has a port of its own.
    inspectPort: inspectPort(`${paths.run} ${spec.name} ${env['SIGCTL_INSTANCE'] ?? ''}`),
  });
}
