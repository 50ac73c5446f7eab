import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPidAlive } from './alive.js';
import { REPO, type Rig, until } from './rig.js';

const HANGS_ON_SIGNAL = join(REPO, 'test/fixtures/watchdog/hangs-on-signal.cjs');

/** Starts a daemon that SIGWINCH makes hang for good, in place of the one that the next start would make: it holds the daemon's lock. */
export async function startFrailDaemon(rig: Rig): Promise<void> {
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  const file = join(rig.home, 'run/pm2.launch');
  const launch = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    launch.replace(/^set -- '[^']+'/m, (node) => `${node} -r '${HANGS_ON_SIGNAL}'`),
  );
  const launcher = join(REPO, 'scripts/services/launch.sh');
  spawn('/usr/bin/env', ['-i', '/bin/sh', launcher, file], { detached: true, stdio: 'ignore' }).unref();
  await until(() => existsSync(join(rig.home, 'pm2/rpc.sock')) && isPidAlive(rig.pid('pm2')));
}
