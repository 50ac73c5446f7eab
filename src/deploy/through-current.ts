import { realpathSync } from 'node:fs';

/** A path into a release, as `sigctl deploy` lays them out (`src/core/release.ts`). */
const IN_RELEASE = /^(.*)\/releases\/(\d{8}-\d{6}-[0-9a-z]{4,40})(\/.*)?$/s;

/**
 * The same place through `<dir>/current`, where that leads to this very release; any other path stays what it is. So state, script
 * paths and hashes are the same from release to release, and a service that starts its script again gets the code of then.
 */
export function throughCurrent(path: string): string {
  const match = IN_RELEASE.exec(path);
  if (match === null) return path;
  const [, base = '', id = '', rest = ''] = match;
  try {
    const link = `${base}/current`;
    return realpathSync(link) === realpathSync(`${base}/releases/${id}`) ? `${link}${rest}` : path;
  } catch {
    // There is no such link: the name is a coincidence, or the release is not in force yet.
    return path;
  }
}
