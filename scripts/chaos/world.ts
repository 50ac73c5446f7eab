import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CliRun, collectCli, spawnCli } from './cli.js';
import { type Decoys, startDecoys } from './decoys.js';
import { type Deeds, noDeeds } from './deeds.js';
import { FEATURES } from './features.js';
import { chaosManifest } from './manifest.js';
import { readBelongings } from './reality.js';
import { PROGRAMS, SERVICES } from './services.js';
import { mountSmallDisk, type SmallDisk } from './small-disk.js';

/** Which part of the world lies on the small disk. */
export type DiskPlace = 'home' | 'logs';

/** A project of its own in a temporary folder, with strangers beside it. */
export interface World {
  readonly id: string;
  /** Holds everything else. */
  readonly base: string;
  readonly root: string;
  readonly home: string;
  /** What the services put down about themselves; never on the small disk. */
  readonly evidence: string;
  readonly decoys: Decoys;
  readonly diskPlace: DiskPlace;
  /** `undefined`: not root, so that the disk is never full. */
  readonly disk: SmallDisk | undefined;
  readonly deeds: Deeds;
  /** Runs one command to its end. */
  readonly sigctl: (args: readonly string[]) => Promise<CliRun>;
  /** Ends whatever is left, asked or not; removes the folder unless it is to be looked at. */
  readonly tearDown: (options: { readonly keep: boolean }) => Promise<void>;
}

export async function createWorld(diskPlace: DiskPlace): Promise<World> {
  const base = mkdtempSync(join(tmpdir(), 'sigctl-chaos-'));
  const [root, home, evidence] = [join(base, 'project'), join(base, 'home'), join(base, 'evidence')];
  const id = base.slice(base.lastIndexOf('-') + 1);
  for (const folder of [root, evidence]) mkdirSync(folder);
  const disk = mountSmallDisk(diskPlace === 'home' ? home : join(root, 'logs'));
  const manifest = chaosManifest({ port: await freePort(), evidence, world: id, watchdog: FEATURES.watchdog });
  writeFileSync(join(root, 'ecosystem.config.cjs'), `module.exports = ${JSON.stringify(manifest, null, 2)};\n`);
  const decoys = await startDecoys(evidence, lookalikes(root, home));
  const place = { base, root, home };
  return {
    id,
    ...place,
    evidence,
    decoys,
    diskPlace,
    disk,
    deeds: noDeeds(),
    sigctl: (args) => collectCli(spawnCli(place, args), args),
    tearDown: async ({ keep }) => {
      await endBelongings(() => readBelongings({ id, home }, base, decoys.pids()).map((proc) => proc.pid));
      await decoys.end();
      // Before the folder is looked at: the logs on the small disk are gone with it, so they are copied out by whoever keeps them.
      if (!keep) disk?.unmount();
      if (!keep) rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Command lines like a service's, the daemon's and the watchdog's, without the folder of this world as its environment. */
function lookalikes(root: string, home: string): readonly (readonly string[])[] {
  return [
    ...SERVICES.map((service) => [join(root, PROGRAMS[service]), service]),
    ['PM2 v7.0.4: God Daemon', join(home, 'pm2')],
    ['sigctl', 'start', 'kit'],
    ['watchdog', join(home, 'run/watchdog.launch')],
  ];
}

/** Rounds, because a supervisor that still lives starts again what was ended before it. */
async function endBelongings(pids: () => readonly number[]): Promise<void> {
  for (let left = pids(); left.length > 0; left = pids()) {
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // ESRCH: it is gone.
      }
    }
    await sleep(50);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
