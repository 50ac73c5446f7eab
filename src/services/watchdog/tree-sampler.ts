import type { ProcessIdentity } from '../../core/observed-process.js';
import type { ProcStat } from '../../process/proc-stat.js';
import { openStat, readPageBytes, type StatReader } from '../../process/stat-reader.js';
import { readMainChildren, readTree } from '../../process/tree.js';

/** A process and its living descendants at one moment. */
export interface TreeSample {
  readonly root: ProcStat;
  /** The root first. */
  readonly members: readonly ProcessIdentity[];
  /** Pages that they share count once for each. */
  readonly memoryBytes: number;
}

export interface TreeSampler {
  /** `undefined`: the process is gone. */
  readonly sample: (root: ProcessIdentity) => TreeSample | undefined;
  /** Closes what is kept open for processes that were not sampled since the last call. */
  readonly sweep: () => void;
}

/** Every so many samples of a tree the children of all threads are looked for, and not of the first alone. */
const DEEP_EVERY = 8;

interface OpenProcess {
  readonly reader: StatReader;
  isFresh: boolean;
}

interface KnownTree {
  readonly members: readonly ProcStat[];
  readonly samples: number;
}

/** Samples process trees cheaply, twice a second and more: one open descriptor for each process. */
export function createTreeSampler(): TreeSampler {
  const pageBytes = readPageBytes();
  const open = new Map<number, OpenProcess>();
  const trees = new Map<number, KnownTree>();
  return {
    sample: (root) => {
      const stat = look(open, root.pid);
      if (stat?.startToken !== root.startToken) {
        trees.delete(root.pid);
        return undefined;
      }
      const known = trees.get(root.pid);
      const samples = (known?.samples ?? 0) + 1;
      const isDeep = known === undefined || samples % DEEP_EVERY === 0;
      const pids = isDeep ? readTree(root.pid) : followTree(root.pid, known.members, open);
      const below = pids.filter((pid) => pid !== root.pid).map((pid) => look(open, pid));
      const members = [stat, ...below.filter((member) => member !== undefined)];
      trees.set(root.pid, { members, samples });
      return {
        root: stat,
        members: members.map(({ pid, startToken }) => ({ pid, startToken })),
        memoryBytes: members.reduce((sum, { rssPages }) => sum + rssPages * pageBytes, 0),
      };
    },
    sweep: () => {
      for (const [pid, process] of open) {
        if (!process.isFresh) {
          process.reader.close();
          open.delete(pid);
          trees.delete(pid);
        }
        process.isFresh = false;
      }
    },
  };
}

/** The children of the first thread of each member, and members whose parent is one still: those of other threads. */
function followTree(root: number, known: readonly ProcStat[], open: Map<number, OpenProcess>): readonly number[] {
  const pids = new Set([root]);
  for (const pid of pids) {
    for (const child of readMainChildren(pid)) pids.add(child);
    for (const member of known) {
      if (member.ppid !== pid || pids.has(member.pid)) continue;
      // Its number may be a stranger's by now.
      const stat = look(open, member.pid);
      if (stat?.startToken === member.startToken && stat.ppid === pid) pids.add(member.pid);
    }
  }
  return [...pids];
}

/** Reads a process through its open descriptor; one that is gone makes place for the process of now with its number. */
function look(open: Map<number, OpenProcess>, pid: number): ProcStat | undefined {
  const known = open.get(pid);
  const stat = known?.reader.read();
  if (known !== undefined && stat !== undefined) {
    known.isFresh = true;
    return stat;
  }
  known?.reader.close();
  open.delete(pid);
  const reader = openStat(pid);
  const fresh = reader?.read();
  if (reader === undefined || fresh === undefined) {
    reader?.close();
    return undefined;
  }
  open.set(pid, { reader, isFresh: true });
  return fresh;
}
