import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type LaunchPlan, writeLaunchFile } from '../../src/process/launch-file.js';
import { readTree } from '../../src/process/tree.js';
import { kill, tempFolder } from './rig.js';

const LAUNCHER = fileURLToPath(new URL('../../scripts/services/launch.sh', import.meta.url));

/** The shells that may be `/bin/sh`, as far as this machine has them. */
export const SHELLS = ['dash', 'bash'].filter((name) => existsSync(`/bin/${name}`));

export const FLOCK = ['/usr/bin/flock', '/bin/flock'].find(existsSync);

/** A folder in which the launcher starts one service. */
export interface LauncherRig {
  readonly folder: string;
  readonly plan: LaunchPlan;
  /** Runs the launcher for the plan, some of it replaced. `fd3`: what PM2 gives as its channel; `ended`: what the exit journal tells it. */
  readonly launch: (
    over?: Partial<LaunchPlan>,
    fd3?: 'ignore' | 'pipe',
    ended?: string,
  ) => ChildProcess & { readonly pid: number };
  readonly launchFile: (file: string) => ChildProcess & { readonly pid: number };
  readonly read: (file: string) => string;
}

export function launcherRig(t: TestContext, shell: string): LauncherRig {
  const folder = tempFolder(t);
  const sh = join(folder, 'sh');
  symlinkSync(`/bin/${shell}`, sh);
  mkdirSync(join(folder, 'work dir'));
  const plan: LaunchPlan = {
    key: 'web',
    lock: join(folder, 'web.lock'),
    pidFile: join(folder, 'web.pid'),
    logFile: join(folder, 'web.log'),
    cwd: join(folder, 'work dir'),
    startId: 'id-1',
    flock: FLOCK,
    keepIpc: false,
    env: { PATH: '/usr/bin:/bin' },
    command: ['/bin/sleep', '600'],
  };
  const launchFile = (file: string, fd3: 'ignore' | 'pipe' = 'ignore', ended = '') => {
    const child = spawn('/usr/bin/env', ['-i', sh, LAUNCHER, file, plan.logFile, ended], {
      stdio: ['ignore', 'pipe', 'pipe', fd3],
    });
    const { pid } = child;
    if (pid === undefined) throw new Error('env(1) did not start');
    t.after(() => {
      if (child.exitCode === null && child.signalCode === null) for (const member of readTree(pid)) kill(member);
    });
    return Object.assign(child, { pid });
  };
  const launch: LauncherRig['launch'] = (over = {}, fd3 = 'ignore', ended = '') => {
    const file = join(folder, 'web.launch');
    writeLaunchFile(file, { ...plan, ...over });
    return launchFile(file, fd3, ended);
  };
  return { folder, plan, launch, launchFile, read: (file) => readFileSync(join(folder, file), 'utf8') };
}

/** How a launched process ended, and what it printed past its log. */
export async function ended(child: ChildProcess) {
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk));
  const [code, signal] = await once(child, 'close', { signal: AbortSignal.timeout(30_000) });
  return { code, signal, printed };
}
