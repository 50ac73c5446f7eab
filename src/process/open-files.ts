import { readdirSync, readlinkSync } from 'node:fs';

/** What a process has open, as the kernel names it: paths, `socket:[…]`, `pipe:[…]`. Empty for another user's process. */
export function readOpenFiles(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => linkTarget(`/proc/${pid}/fd/${fd}`));
  } catch {
    // EACCES: another user's process; ENOENT: it ended meanwhile.
    return [];
  }
}

function linkTarget(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // The descriptor was closed between the listing and this look.
    return '';
  }
}
