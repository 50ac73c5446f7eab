import { readdirSync, readFileSync } from 'node:fs';
import { readPageBytes } from './page-bytes.js';
import { type ProcStat, readProcStat, readResidentBytes } from './proc-stat.js';

/** The process and all its living descendants, itself first. */
export function readTree(pid: number): readonly number[] {
  const found = [pid];
  for (const parent of found) {
    for (const child of readChildren(parent)) if (!found.includes(child)) found.push(child);
  }
  return found;
}

/** Resident memory of the whole tree in bytes. Pages shared between its processes count once for each. */
export function readTreeMemoryBytes(pid: number): number {
  return readTree(pid).reduce((sum, member) => sum + readResidentBytes(member), 0);
}

/** The same for a process that was looked at just now: one with a single thread and no child costs one look more. */
export function treeMemoryBytes(root: ProcStat): number {
  return root.threads === 1 && hasNoMainChild(root.pid)
    ? root.rssPages * readPageBytes()
    : readTreeMemoryBytes(root.pid);
}

/** False where the kernel does not tell. */
function hasNoMainChild(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8') === '';
  } catch {
    // It ended, or the kernel was built without CONFIG_PROC_CHILDREN.
    return false;
  }
}

function readChildren(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      parseChildren(readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')),
    );
  } catch {
    // The process ended, or the kernel was built without CONFIG_PROC_CHILDREN: look at every process instead.
    return readProcStat(pid) === undefined ? [] : scanForChildren(pid);
  }
}

function scanForChildren(pid: number): readonly number[] {
  return listPids().filter((candidate) => readProcStat(candidate)?.ppid === pid);
}

/** The list in `/proc/<pid>/task/<tid>/children` (proc(5)). */
export function parseChildren(text: string): readonly number[] {
  return text === '' ? [] : text.split(' ').filter(Boolean).map(Number);
}

/** Every pid of the machine that this user can see. */
export function listPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
