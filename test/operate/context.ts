import { mkdirSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { ServiceSpec } from '../../src/core/stack.js';
import type { OperateContext } from '../../src/operate/context.js';
import { homePaths } from '../../src/process/home.js';
import { tempFolder } from '../process/rig.js';
import { stackOf } from '../stack-literals.js';
import { twoConnections } from '../store/two-connections.js';

/** What a change of the stack works with, in a folder of its own and with a status table of its own. */
export function operateContext(
  t: TestContext,
  services: readonly ServiceSpec[],
  rest: Partial<OperateContext> = {},
): OperateContext {
  const root = tempFolder(t);
  const paths = homePaths(root, root);
  for (const folder of [paths.run, paths.logs]) mkdirSync(folder, { recursive: true });
  return {
    ...{ stack: stackOf(services), paths, db: twoConnections(t).a, actor: 'operator ann', command: 'start' },
    ...{ launcher: '', sigctlBin: '', watchdog: '', shellEnv: {} },
    nowMs: () => Date.now(),
    monotonicMs: () => Math.floor(performance.now()),
    onLaunch: () => undefined,
    onNote: () => undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...rest,
  };
}
