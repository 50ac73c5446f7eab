import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CliRun } from './cli.js';
import { truncateDatabase } from './database-faults.js';
import { KILL_TIMEOUT_MS } from './manifest.js';
import { uptimeMs } from './proc.js';
import { readReality } from './reality.js';
import { SERVICES, type ServiceName } from './services.js';
import type { World } from './world.js';

/** Long enough for every service to write to the table, and for the watchdog to look at it. */
const LIVE_ON_MS = 1_500;
/** A bug in sigctl. */
const EXIT_BUG = 70;

/**
 * Cuts the status table off: the services must live on, no command may fail with a bug, and a restore brings the table back.
 *
 * @returns What went wrong.
 */
export async function surviveTruncation(world: World, share: number): Promise<readonly string[]> {
  const backup = newestBackup(world);
  if (backup === undefined) return ['there is no backup to restore'];
  await stopsToEnd(world);
  const before = steadyPids(world);
  truncateDatabase(world, share);
  await sleep(LIVE_ON_MS);
  const after = steadyPids(world);
  const faults = before
    .filter((run) => !after.includes(run))
    .map((run) => `${run} did not survive a cut-off status.db`);
  for (const args of [
    ['status', '--json'],
    ['doctor', '--json'],
  ]) {
    const { exitCode, stderr } = await world.sigctl(args);
    if (exitCode === EXIT_BUG || exitCode === null)
      faults.push(`sigctl ${args.join(' ')} on a cut-off status.db: exit ${exitCode}\n${stderr}`);
  }
  const restore = await world.sigctl(['restore', backup, '--yes', '--json']);
  // 1 without an error: it is done, and a service (the flaky one) did not become ready.
  if (!isRestored(restore)) faults.push(`restore exited with ${restore.exitCode}\n${restore.stdout}${restore.stderr}`);
  for (const service of SERVICES) world.deeds.wanted.set(service, 'maybe');
  world.deeds.historyFromMs = uptimeMs();
  return faults;
}

/** A process that a killed command had begun to end does not die of the cut. */
async function stopsToEnd({ deeds }: World): Promise<void> {
  const endMs = deeds.commandKilledAtMs + KILL_TIMEOUT_MS + LIVE_ON_MS;
  await sleep(Math.max(0, endMs - uptimeMs()));
}

function isRestored({ exitCode, stdout }: CliRun): boolean {
  if (exitCode !== 0 && exitCode !== 1) return false;
  return !('error' in (JSON.parse(stdout) as object));
}

/** The one that ends by itself is left out. */
function steadyPids(world: World): readonly string[] {
  const steady = SERVICES.filter((service): service is Exclude<ServiceName, 'flaky'> => service !== 'flaky');
  const { services } = readReality(world);
  return steady.flatMap((service) =>
    (services.get(service) ?? []).map(({ pid, token }) => `${service} (pid ${pid}, ${token})`),
  );
}

function newestBackup({ root }: World): string | undefined {
  const folder = join(root, 'backups');
  // One without an index belongs to a backup that a step has killed.
  const finished = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.json')));
  const name = finished.sort().at(-1);
  return name === undefined ? undefined : join(folder, name);
}
