import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

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
const ID_LENGTH = 6;

/** Where cgroups of this stack can be made. Looks only. */
export function findCgroupPlace(stack: { readonly name: string; readonly home: string }): CgroupPlace | undefined {
  const parent = findParent(readText('/proc/self/mountinfo'), readText('/proc/self/cgroup'));
  if (parent === undefined) return undefined;
  const id = createHash('sha256').update(stack.home).digest('hex').slice(0, ID_LENGTH);
  return { parent, stackFolder: `sigctl-${stack.name}-${id}` };
}

/**
 * The nearest cgroup, from our own upward, that gives its children the memory controller and lets us make some. Our own has processes in
 * it, and may then have no children with controllers ("no internal processes").
 */
export function findParent(mountinfo: string, ownCgroup: string): string | undefined {
  const mount = parseMount(mountinfo);
  const own = /^0::(\/.*)$/m.exec(ownCgroup)?.[1];
  if (mount === undefined || own === undefined) return undefined;
  const inside = posix.relative(mount.root, own);
  // Ours lies outside of what is mounted here, as in a container with the host's file system.
  if (inside.startsWith('..')) return undefined;
  return ancestors(join(mount.point, inside), mount.point).find(mayHoldLimits);
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
    return folder;
  } catch {
    // Whatever forbids it (EACCES, EBUSY, a controller that is not there): the service runs without the kernel's limit.
    removeCgroup(place, key);
    return undefined;
  }
}

/** How often the kernel has killed in the cgroup of a process, since it was made, for want of memory; `undefined` without one. */
export function readOomKills({ parent, stackFolder }: CgroupPlace, key: string): number | undefined {
  const count = /^oom_kill (\d+)$/m.exec(readText(join(parent, stackFolder, key, 'memory.events')))?.[1];
  return count === undefined ? undefined : Number(count);
}

/** Takes the cgroup of a stopped process away, and with the last one that of the stack. */
export function removeCgroup({ parent, stackFolder }: CgroupPlace, key: string): void {
  for (const folder of [join(parent, stackFolder, key), join(parent, stackFolder)]) {
    try {
      rmdirSync(folder);
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
