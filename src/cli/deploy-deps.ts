import { randomBytes } from 'node:crypto';
import { homedir, hostname, userInfo } from 'node:os';
import type { DeployDeps } from '../commands/deploy.js';
import { interruptedBy } from '../operate/interrupted-by.js';
import { readConnection } from '../remote/connection.js';
import { createDeployHost } from '../remote/deploy-host.js';
import { findHost } from '../remote/find-host.js';
import { hostsPath, readHosts } from '../remote/hosts-file.js';
import { currentFolder } from './current-folder.js';
import { readDeploySource } from './deploy-source.js';
import type { Deps } from './deps.js';

/** What `sigctl deploy` touches: the project here, and a host by ssh. */
export function createDeployDeps({ out, nowMs }: Deps, env: NodeJS.ProcessEnv): DeployDeps {
  const newId = (): string => randomBytes(4).toString('hex');
  return {
    out,
    nowMs,
    newId,
    who: () => `${userInfo().username}@${hostname()} (since ${new Date(nowMs()).toISOString()})`,
    readSource: (from, git) => readDeploySource({ cwd: currentFolder(), from, git, newId }),
    openHost: (typed) => {
      const host = findHost(typed, readHosts(hostsPath(env, homedir())));
      const controller = new AbortController();
      // A second one ends sigctl at once; a switch on the host then ends by itself, well or back.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(signal));
      return {
        host: createDeployHost(readConnection(env), host, controller.signal),
        interruptedBy: () => interruptedBy(controller.signal),
      };
    },
  };
}
