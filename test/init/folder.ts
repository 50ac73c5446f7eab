import type { SourceFolder } from '../../src/init/init-plan.js';

/** A source's folder that holds these files, by their path. */
export function folderOf(files: Readonly<Record<string, string>> = {}): SourceFolder {
  const normal = (path: string): string =>
    path
      .split('/')
      .filter((part) => part !== '.' && part !== '')
      .join('/');
  return { read: (path) => files[normal(path)] };
}
