/** The services of the world, in manifest order. */
export const SERVICES = ['kit', 'site', 'plain', 'family', 'flaky'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The file that each of them runs: it names the service's own process among its helpers. */
export const PROGRAMS: Readonly<Record<ServiceName, string>> = {
  kit: 'kit.mjs',
  site: 'site.mjs',
  plain: 'writer.py',
  family: 'family.sh',
  flaky: 'flaky.mjs',
};

/** Modes of the manifest, and who belongs to each. */
export const MODES = {
  small: ['kit', 'site'],
  middle: ['kit', 'plain', 'flaky'],
  full: SERVICES,
} as const satisfies Readonly<Record<string, readonly ServiceName[]>>;
export type ModeName = keyof typeof MODES;
/** The modes to pick from; the full one twice, or most steps would meet a stack that hardly runs. */
export const MODE_NAMES: readonly [ModeName, ...ModeName[]] = ['small', 'middle', 'full', 'full'];
