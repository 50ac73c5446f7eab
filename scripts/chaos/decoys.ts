import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readProc } from './proc.js';

const PROGRAM = fileURLToPath(new URL('programs/decoy.mjs', import.meta.url));
/** Write a pid here, and the kernel gives out the next free one above it (CAP_SYS_ADMIN in the pid namespace). */
const LAST_PID = '/proc/sys/kernel/ns_last_pid';

/** Strangers beside the stack: whoever signals one of them would signal anybody. */
export interface Decoys {
  readonly pids: () => readonly number[];
  /** Starts a stranger with the number that a service just left; `false` where the kernel does not let us. */
  readonly reuse: (pid: number) => Promise<boolean>;
  /** What happened to them that should not have, in words. */
  readonly harms: () => readonly string[];
  readonly end: () => Promise<void>;
}

interface Decoy {
  readonly child: ChildProcess;
  readonly file: string;
  readonly token: string;
  readonly what: string;
}

/** Starts strangers whose command lines hold the words of a service's, of the daemon's and of the watchdog's. */
export async function startDecoys(folder: string, words: readonly (readonly string[])[]): Promise<Decoys> {
  const decoys: Decoy[] = [];
  const add = async (what: string, args: readonly string[]): Promise<Decoy> => {
    const file = join(folder, `decoy-${decoys.length}`);
    const child = spawn(process.execPath, [PROGRAM, file, ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await until(() => existsSync(file));
    const decoy = { child, file, token: readProc(child.pid ?? 0)?.token ?? '', what };
    decoys.push(decoy);
    return decoy;
  };
  for (const args of words) await add(args.join(' '), args);
  return {
    pids: () => decoys.map(({ child }) => child.pid ?? 0),
    reuse: async (pid) => {
      const next = tryRead(LAST_PID);
      if (readProc(pid) !== undefined || next === undefined || !tryWrite(LAST_PID, String(pid - 1))) return false;
      const added = add(`has the old pid ${pid} of a service`, []);
      // It has been spawned: from here on everybody on this machine would be given numbers that have just been left.
      tryWrite(LAST_PID, next);
      const decoy = await added;
      return decoy.child.pid === pid;
    },
    harms: () => decoys.flatMap(harmsOf),
    end: async () => {
      for (const { child } of decoys) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
    },
  };
}

function harmsOf({ child, file, token, what }: Decoy): readonly string[] {
  const proc = readProc(child.pid ?? 0);
  const got = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const harms = got.map((signal) => `a stranger (pid ${child.pid}, ${what}) was sent ${signal}`);
  if (proc?.token !== token) harms.push(`a stranger (pid ${child.pid}, ${what}) was ended`);
  else if (proc.state === 'T') harms.push(`a stranger (pid ${child.pid}, ${what}) was stopped`);
  return harms;
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // ENOENT: a kernel without CONFIG_CHECKPOINT_RESTORE.
    return undefined;
  }
}

function tryWrite(path: string, text: string): boolean {
  try {
    writeFileSync(path, text);
    return true;
  } catch {
    // EACCES, EPERM or EROFS: not root, or a read-only /proc/sys.
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}
