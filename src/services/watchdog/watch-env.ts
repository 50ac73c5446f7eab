import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HomePaths, homePaths } from '../../process/home.js';

/** Where the watchdog is, and what it watches: told by sigctl in its launch file. */
export interface WatchEnv {
  readonly paths: HomePaths;
  readonly launcher: string;
  readonly sigctlBin: string;
  readonly version: string;
}

/** @throws {Error} When it was not started by sigctl. */
export function readWatchEnv(env: NodeJS.ProcessEnv): WatchEnv {
  const sigctlBin = required(env, 'SIGCTL_BIN');
  const packageRoot = dirname(dirname(sigctlBin));
  return {
    paths: homePaths(required(env, 'SIGCTL_ROOT'), required(env, 'SIGCTL_HOME')),
    launcher: join(packageRoot, 'scripts/services/launch.sh'),
    sigctlBin,
    version: readVersion(join(packageRoot, 'package.json')),
  };
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: the watchdog is started by "sigctl start"`);
  return value;
}

function readVersion(path: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(path, 'utf8'));
  return String(version);
}
