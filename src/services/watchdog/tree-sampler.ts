import type { ProcessIdentity } from '../../core/observed-process.js';
import { readPageBytes } from '../../process/page-bytes.js';
import type { ProcStat } from '../../process/proc-stat.js';
import { openProcess, type ProcessReader } from '../../process/process-reader.js';
import { readTree } from '../../process/tree.js';

/** A process and its living descendants at one moment. */
export interface TreeSample {
  readonly root: ProcStat;
  /** All of them, the root first. */
  readonly members: readonly ProcStat[];
  /** Of all of them. Pages that they share count once for each. */
  readonly memoryBytes: number;
}

export interface TreeSampler {
  /** `undefined`: the process is gone. */
  readonly sample: (root: ProcessIdentity) => TreeSample | undefined;
  /** The process without its descendants; `undefined`: it is gone. */
  readonly look: (process: ProcessIdentity) => ProcStat | undefined;
  /** Closes what is kept open for processes that were not looked at since the last call. */
  readonly sweep: () => void;
}

/** Every so many samples of a tree the children of all threads are looked for, and not of the first alone. */
const DEEP_EVERY = 8;

interface OpenProcess {
  readonly reader: ProcessReader;
  isFresh: boolean;
}

interface KnownTree {
  /** The root first. */
  members: readonly ProcStat[];
  samples: number;
}

/** Samples process trees cheaply, twice a second and more: two open descriptors, and as many system calls, for each process. */
export function createTreeSampler(): TreeSampler {
  const pageBytes = readPageBytes();
  const open = new Map<number, OpenProcess>();
  const trees = new Map<number, KnownTree>();
  const look = ({ pid, startToken }: ProcessIdentity): ProcStat | undefined => {
    const stat = lookAt(open, pid);
    return stat?.startToken === startToken ? stat : undefined;
  };
  return {
    look,
    sample: (root) => {
      const stat = look(root);
      if (stat === undefined) {
        trees.delete(root.pid);
        return undefined;
      }
      const tree = trees.get(root.pid) ?? { members: [], samples: 0 };
      tree.members = isDeep(tree, stat) ? readAll(stat, open) : follow(stat, tree.members, open);
      tree.samples += 1;
      trees.set(root.pid, tree);
      const pages = tree.members.reduce((sum, { rssPages }) => sum + rssPages, 0);
      return { root: stat, members: tree.members, memoryBytes: pages * pageBytes };
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

/** A tree of one thread has nothing to look for below other threads. */
function isDeep({ members, samples }: KnownTree, { threads }: ProcStat): boolean {
  return samples % DEEP_EVERY === 0 && (threads > 1 || members.length !== 1);
}

function readAll(root: ProcStat, open: Map<number, OpenProcess>): readonly ProcStat[] {
  const below = readTree(root.pid).filter((pid) => pid !== root.pid);
  return [root, ...below.map((pid) => lookAt(open, pid)).filter((member) => member !== undefined)];
}

/** The children of the first thread of each member, and members whose parent is one still: those of other threads. */
function follow(root: ProcStat, known: readonly ProcStat[], open: Map<number, OpenProcess>): readonly ProcStat[] {
  const found = [root];
  const add = (stat: ProcStat | undefined): void => {
    if (stat !== undefined && !found.some(({ pid }) => pid === stat.pid)) found.push(stat);
  };
  for (const { pid } of found) {
    for (const child of open.get(pid)?.reader.mainChildren() ?? []) add(lookAt(open, child));
    for (const member of known) {
      if (member.ppid !== pid) continue;
      // Its number may be a stranger's by now.
      const stat = lookAt(open, member.pid);
      if (stat?.startToken === member.startToken && stat.ppid === pid) add(stat);
    }
  }
  return found;
}

/** Reads a process through its open descriptor; one that is gone makes place for the process of now with its number. */
function lookAt(open: Map<number, OpenProcess>, pid: number): ProcStat | undefined {
  const known = open.get(pid);
  const stat = known?.reader.stat();
  if (known !== undefined && stat !== undefined) {
    known.isFresh = true;
    return stat;
  }
  known?.reader.close();
  open.delete(pid);
  const reader = openProcess(pid);
  const fresh = reader?.stat();
  if (reader === undefined || fresh === undefined) {
    reader?.close();
    return undefined;
  }
  open.set(pid, { reader, isFresh: true });
  return fresh;
}
