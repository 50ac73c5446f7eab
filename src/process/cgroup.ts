import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { cgroupPath, type HomePaths } from './home.js';
import { homeDigest } from './home-digest.js';

/**
 * Memory limits by the kernel (cgroup v2): the last line behind the watchdog and PM2, who end a service gently. Where it cannot be had
 * (no cgroup2, no right to write, no memory controller) everything here answers `undefined` or does nothing.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export interface CgroupPlace {
  /** A cgroup whose children may be made and have a memory limit. */
  readonly parent: string;
  /** `sigctl-demo-1f3a9c`: of this stack alone, though another one has its name. */
  readonly stackFolder: string;
}

/** The kernel's limit lies above the service's, so that it is reached only by what nobody else could stop in time. */
const KERNEL_SHARE = 1.1;

/** A cgroup of its own for whatever is no service, in the cgroup of a boot unit. */
const SUPERVISOR = 'supervisor';

/**
 * Where cgroups of this stack can be made. Looks only.
 *
 * @param pid From whose cgroup it is looked: PM2's daemon, whose children the services are. Whoever types the next command may be in
 * quite another one.
 */
export function findCgroupPlace(
  stack: { readonly name: string; readonly home: string },
  pid: number | 'self' = 'self',
): CgroupPlace | undefined {
  const parent = findParent(readText('/proc/self/mountinfo'), readText(`/proc/${pid}/cgroup`));
  if (parent === undefined) return undefined;
  return { parent, stackFolder: `sigctl-${stack.name}-${homeDigest(stack.home)}` };
}

/**
 * The nearest cgroup, from our own upward, that gives its children the memory controller and lets us make some. Our own has processes in
 * it, and may then have no children with controllers ("no internal processes").
 */
export function findParent(mountinfo: string, ownCgroup: string): string | undefined {
  const found = findFolder(mountinfo, ownCgroup);
  return found && ancestors(found.folder, found.top).find(mayHoldLimits);
}

/**
 * Makes the cgroup of our own boot unit one whose children have a memory limit: systemd leaves it to us (`Delegate=memory`), and we are
 * in it. So we move to a child of it, which the kernel asks for first ("no internal processes"), and PM2's daemon, which we start, is
 * born there. In any other cgroup nothing happens.
 *
 * @param units The names that our unit may have: `sigctl-shop.service`, `sigctl-shop-1f3a9c.service`.
 */
export function divideUnitCgroup(
  units: readonly string[],
  mountinfo = readText('/proc/self/mountinfo'),
  ownCgroup = readText('/proc/self/cgroup'),
): void {
  const found = findFolder(mountinfo, ownCgroup)?.folder;
  // Where a delegated unit reloads, systemd runs that beside it (systemd.exec, CGROUP_DELEGATION.md).
  const own = found !== undefined && basename(found) === '.control' ? dirname(found) : found;
  if (own === undefined || !units.includes(basename(own))) return;
  if (!words(join(own, 'cgroup.controllers')).includes('memory')) return;
  try {
    mkdirSync(join(own, SUPERVISOR), { recursive: true });
    // "0" is who writes.
    writeFileSync(join(own, SUPERVISOR, 'cgroup.procs'), '0');
    writeFileSync(join(own, 'cgroup.subtree_control'), '+memory');
  } catch {
    // EACCES: a unit that was not delegated. EBUSY: something else runs in it. The services have no limit by the kernel then.
  }
}

function findFolder(
  mountinfo: string,
  ownCgroup: string,
): { readonly folder: string; readonly top: string } | undefined {
  const mount = parseMount(mountinfo);
  const own = /^0::(\/.*)$/m.exec(ownCgroup)?.[1];
  if (mount === undefined || own === undefined) return undefined;
  const inside = posix.relative(mount.root, own);
  // Ours lies outside of what is mounted here, as in a container with the host's file system.
  if (inside.startsWith('..')) return undefined;
  return { folder: join(mount.point, inside), top: mount.point };
}

/** Of the first cgroup2 mount: what is mounted, and where (proc_pid_mountinfo(5)). */
function parseMount(mountinfo: string): { readonly root: string; readonly point: string } | undefined {
  const line = mountinfo.split('\n').find((text) => / - cgroup2 /.test(text));
  const [, , , root, point] = line?.split(' ') ?? [];
  return root === undefined || point === undefined ? undefined : { root: plainPath(root), point: plainPath(point) };
}

/** Blanks and the like stand there as `\040`. */
function plainPath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function ancestors(folder: string, top: string): readonly string[] {
  return folder === top || folder === dirname(folder) ? [folder] : [folder, ...ancestors(dirname(folder), top)];
}

function mayHoldLimits(folder: string): boolean {
  if (!words(join(folder, 'cgroup.subtree_control')).includes('memory')) return false;
  try {
    accessSync(folder, constants.W_OK);
    // A process may only be moved by who may write to the common ancestor of both places.
    accessSync(join(folder, 'cgroup.procs'), constants.W_OK);
    return true;
  } catch {
    // EACCES, EROFS: it is somebody else's.
    return false;
  }
}

/** Makes the cgroup of one process of a service, or adapts it. @returns Its folder, which the launcher joins. */
export function makeCgroup(place: CgroupPlace, key: string, memoryLimitBytes: number): string | undefined {
  const stack = join(place.parent, place.stackFolder);
  const folder = join(stack, key);
  try {
    mkdirSync(stack, { recursive: true });
    if (!words(join(stack, 'cgroup.subtree_control')).includes('memory'))
      writeFileSync(join(stack, 'cgroup.subtree_control'), '+memory');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'memory.max'), String(Math.round(memoryLimitBytes * KERNEL_SHARE)));
    // A service of several processes ends as a whole, rather than half of it.
    writeFileSync(join(folder, 'memory.oom.group'), '1');
    forbidSwap(folder);
    return folder;
  } catch {
    // Whatever forbids it (EACCES, EBUSY, a controller that is not there): the service runs without the kernel's limit.
    removeCgroup(folder);
    return undefined;
  }
}

/** `memory.max` does not count what is swapped out: a leak would fill the machine's swap first, and slow everybody down. */
function forbidSwap(folder: string): void {
  try {
    writeFileSync(join(folder, 'memory.swap.max'), '0');
  } catch {
    // A kernel without an account of swap.
  }
}

type Paths = Pick<HomePaths, 'run'>;

/** Keeps which cgroup a process joins, for those who ask about it later; one that it had before is taken away. */
export function noteCgroup(paths: Paths, key: string, folder: string | undefined): void {
  const before = readCgroup(paths, key);
  if (before !== undefined && before !== folder) removeCgroup(before);
  if (folder === undefined) rmSync(cgroupPath(paths, key), { force: true });
  else writeFileSync(cgroupPath(paths, key), folder, { mode: 0o600 });
}

/** The cgroup that was made for a process; `undefined` without one. */
export function readCgroup(paths: Paths, key: string): string | undefined {
  const folder = readText(cgroupPath(paths, key));
  return folder === '' ? undefined : folder;
}

/**
 * How often the kernel has killed in a cgroup, since it was made, for want of memory; `undefined` without one.
 * `inode` tells it from those of this boot that had its name before, which had counts of their own.
 */
export function readOomKills(folder: string): OomKills | undefined {
  const events = readText(join(folder, 'memory.events'));
  const count = /^oom_kill (\d+)$/m.exec(events)?.[1];
  const made = statSync(folder, { throwIfNoEntry: false });
  if (count === undefined || made === undefined) return undefined;
  return { kills: Number(count), hits: Number(/^oom (\d+)$/m.exec(events)?.[1] ?? 0), inode: made.ino };
}

export interface OomKills {
  /** Also those for want of memory in the whole machine. */
  readonly kills: number;
  /** How often the cgroup itself was at its limit, and nothing in it could be given back. */
  readonly hits: number;
  readonly inode: number;
}

/** At how many bytes the kernel kills in a cgroup; `undefined` without a limit. */
export function readKernelLimit(folder: string): number | undefined {
  const text = readText(join(folder, 'memory.max')).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Takes the cgroup of a stopped process away, and with the last one that of the stack. */
export function removeCgroup(folder: string): void {
  for (const empty of [folder, dirname(folder)]) {
    try {
      rmdirSync(empty);
    } catch {
      // ENOENT: there was none. EBUSY: others live in it.
    }
  }
}

function words(file: string): readonly string[] {
  return readText(file).trim().split(/\s+/);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not there: then there is nothing to be had here.
    return '';
  }
}
