import type { ProcessIdentity } from '../../core/observed-process.js';
import { openForkMark, type ReadForkMark } from '../../process/fork-mark.js';
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
  /** Begins a round: children are looked for again where anything was started since the round before. Without rounds they always are. */
  readonly begin: () => void;
  /** `undefined`: the process is gone. */
  readonly sample: (root: ProcessIdentity) => TreeSample | undefined;
  /** The process without its descendants; `undefined`: it is gone. */
  readonly look: (process: ProcessIdentity) => ProcStat | undefined;
  /** Closes what is kept open for processes that were not looked at since the last call. */
  readonly sweep: () => void;
}

/** Every so many samples of a tree the children of all threads are looked for, and not of the first alone. */
const DEEP_EVERY = 8;
/** The same where no process was started anywhere since: a net below, for kernels that tell it wrongly. */
const NET_EVERY = 120;

interface OpenProcess {
  readonly reader: ProcessReader;
  isFresh: boolean;
}

interface KnownTree {
  /** The root first. */
  members: readonly ProcStat[];
  samples: number;
  /** The rounds in which children were looked for last, and those of all threads. */
  followedIn: number;
  deepIn: number;
}

/**
 * Samples process trees cheaply, twice a second and more: two open descriptors for each process, and one system call, or two where a
 * process was started somewhere on the machine.
 */
export function createTreeSampler(readForkMark: ReadForkMark = openForkMark()): TreeSampler {
  const pageBytes = readPageBytes();
  const open = new Map<number, OpenProcess>();
  const trees = new Map<number, KnownTree>();
  let round = 0;
  let mark: string | undefined;
  let markedIn = 0;
  /** A process has its number a moment before it is anybody's child: what was found in the very round that saw the number may lack it. */
  const isComplete = (foundIn: number): boolean => foundIn > markedIn;
  const read = (root: ProcStat, tree: KnownTree): readonly ProcStat[] => {
    const isNet = tree.samples % NET_EVERY === 0;
    if (isDeep(tree, root) && (isNet || !isComplete(tree.deepIn))) {
      tree.deepIn = tree.followedIn = round;
      return readAll(root, open);
    }
    const same = isNet || !isComplete(tree.followedIn) ? undefined : readSame(root, tree.members, open);
    if (same !== undefined) return same;
    tree.followedIn = round;
    return follow(root, tree.members, open);
  };
  const look = ({ pid, startToken }: ProcessIdentity): ProcStat | undefined => {
    const stat = lookAt(open, pid);
    return stat?.startToken === startToken ? stat : undefined;
  };
  return {
    look,
    begin: () => {
      round += 1;
      const now = readForkMark();
      if (now === undefined || now !== mark) markedIn = round;
      mark = now;
    },
    sample: (root) => {
      const stat = look(root);
      if (stat === undefined) {
        trees.delete(root.pid);
        return undefined;
      }
      const tree = trees.get(root.pid) ?? { members: [], samples: 0, followedIn: 0, deepIn: 0 };
      tree.members = read(stat, tree);
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

/** The same members, where all of them live on and no parent among them has ended; else `undefined`. */
function readSame(
  root: ProcStat,
  known: readonly ProcStat[],
  open: Map<number, OpenProcess>,
): readonly ProcStat[] | undefined {
  const found = [root];
  for (const { pid, ppid, startToken } of known) {
    if (pid === root.pid) continue;
    const stat = lookAt(open, pid);
    if (stat?.startToken !== startToken || stat.ppid !== ppid) return undefined;
    found.push(stat);
  }
  return found;
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
