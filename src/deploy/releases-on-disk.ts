import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { planPrune, RELEASE_ID } from '../core/release.js';

type LinkName = 'current' | 'previous';

/** Name of the release that the link leads to; `undefined`: there is no such link. */
export function readLink(root: string, name: LinkName): string | undefined {
  const path = join(root, name);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  const id = basename(readlinkSync(path));
  return RELEASE_ID.test(id) ? id : undefined;
}

/** Points the link at a release by one rename, so that whoever follows it finds the old one or the new one. */
export function writeLink(root: string, name: LinkName, release: string | undefined): void {
  const path = join(root, name);
  if (release === undefined) {
    rmSync(path, { force: true });
    return;
  }
  const draft = join(root, `.${name}-${process.pid}`);
  rmSync(draft, { force: true });
  symlinkSync(join('releases', release), draft);
  renameSync(draft, path);
}

/** Removes all but the newest releases, and returns the names of those that went. */
export function pruneReleases(root: string, keep: number): readonly string[] {
  const folder = join(root, 'releases');
  const names = readdirSync(folder);
  const [current, previous] = [readLink(root, 'current'), readLink(root, 'previous')];
  const plan = planPrune({ names, current, previous, inUse: findInUse(folder, names) }, keep);
  for (const name of plan) rmSync(join(folder, name), { recursive: true, force: true });
  return plan;
}

/**
 * Releases that a process of ours goes back to: its folder, its command line, or a file that it has loaded. A service that was
 * reloaded still is the process of an older release, and would miss the files that it has not read yet.
 */
export function findInUse(folder: string, names: readonly string[]): readonly string[] {
  // Without /proc nobody knows, and nothing is removed.
  if (!existsSync('/proc/self')) return names;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const traces = pids.map((pid) => readTraces(join('/proc', pid)));
  return names.filter((name) => {
    const path = join(folder, name);
    return traces.some((text) => text.includes(`${path}/`) || text.includes(`${path}\n`));
  });
}

function readTraces(process: string): string {
  const read = (look: () => string): string => {
    try {
      return look();
    } catch {
      // It ended meanwhile, or belongs to somebody else, who does not run our releases.
      return '';
    }
  };
  return [
    read(() => `${readlinkSync(join(process, 'cwd'))}\n`),
    read(() => readFileSync(join(process, 'cmdline'), 'utf8').replaceAll('\0', '\n')),
    read(() => readFileSync(join(process, 'maps'), 'utf8')),
  ].join('');
}
