import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Proc, readProc } from '../proc.js';
import type { World } from '../world.js';
import type { Violation } from './violation.js';

/** `kill $(cat run/x.pid)` reaches the service x or nobody, for each file there is. */
export function checkPidFiles(world: World): readonly Violation[] {
  return pidFiles(world).flatMap(({ key, text }) => {
    // A full disk may leave it empty, which reaches nobody.
    if (!/^\d*$/.test(text))
      return [{ rule: 'PID files hold a number', evidence: `${key}.pid holds ${JSON.stringify(text)}` }];
    const proc = text === '' ? undefined : readProc(Number(text));
    if (proc === undefined || isOwn(world, key, proc)) return [];
    return [{ rule: 'PID files are true', evidence: `${key}.pid says ${text}, which is: ${proc.command}` }];
  });
}

/** Every PID file, by key. */
export function pidFiles({ home }: World): readonly { readonly key: string; readonly text: string }[] {
  const folder = join(home, 'run');
  return pidFilesIn(folder).flatMap((name) => {
    const text = readText(join(folder, name));
    return text === undefined ? [] : [{ key: name.replace(/\.pid$/, ''), text }];
  });
}

function isOwn({ id, home }: World, key: string, { environ, command }: Proc): boolean {
  // On its way: the launcher has written the file and not yet become the service.
  if (command.includes(join(home, 'run', `${key}.launch`))) return true;
  if (key === 'pm2') return environ.includes(`PM2_HOME=${join(home, 'pm2')}`);
  if (key === 'watchdog') return environ.includes(`SIGCTL_HOME=${home}`);
  return environ.includes(`CHAOS_WORLD=${id}`) && environ.includes(`SIGCTL_SERVICE=${key}`);
}

function pidFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.pid'));
  } catch {
    // Nothing was started yet.
    return [];
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It was taken away between the listing and this read.
    return undefined;
  }
}
