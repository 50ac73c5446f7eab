import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { World } from './world.js';

const HOLDER = fileURLToPath(new URL('programs/hold-lock.mjs', import.meta.url));

const statusDb = ({ home }: Pick<World, 'home'>): string => join(home, 'status.db');

/** Another process holds the write lock of the status table for a while. Where it cannot get the lock, nothing happens. */
export async function lockDatabase(world: World, forMs: number): Promise<void> {
  if (!existsSync(statusDb(world))) return;
  const child = spawn(process.execPath, [HOLDER, statusDb(world)], { stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), exited]);
  await sleep(forMs);
  child.stdin?.end();
  await exited;
}

/** Cuts the status table off at this share of its size. */
export function truncateDatabase(world: World, share: number): void {
  const file = statusDb(world);
  if (existsSync(file)) truncateSync(file, Math.floor(statSync(file).size * share));
}
