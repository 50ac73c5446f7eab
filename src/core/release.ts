/** `20261126-045811-ab12cd3`: when it was made (UTC), and which commit it is, or a number of its own. Names sort by age. */
export const RELEASE_ID = /^\d{8}-\d{6}-[0-9a-z]{4,40}$/;

/** @param nowMs Epoch milliseconds. @param shortId Lower case letters and digits. */
export function releaseId(nowMs: number, shortId: string): string {
  const [date = '', time = ''] = new Date(nowMs).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${shortId}`;
}

/** What is on a host of releases. */
export interface Releases {
  /** In any order; other names than those of releases are nobody's business. */
  readonly names: readonly string[];
  readonly current: string | undefined;
  /** The one that `--rollback` goes to. */
  readonly previous: string | undefined;
  /** Those that a live process was started from, or has as its folder. */
  readonly inUse: readonly string[];
}

/** Which releases may go so that the newest `keep` stay. Current, previous and those in use stay whatever their age. Pure. */
export function planPrune({ names, current, previous, inUse }: Releases, keep: number): readonly string[] {
  const releases = names.filter((name) => RELEASE_ID.test(name)).sort();
  const newest = releases.slice(Math.max(0, releases.length - keep));
  const stays = new Set([...newest, ...inUse, ...(current === undefined ? [] : [current])]);
  if (previous !== undefined) stays.add(previous);
  return releases.filter((name) => !stays.has(name));
}
