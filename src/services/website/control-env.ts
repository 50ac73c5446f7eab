/** What a command needs of the machine; the website's own settings and secrets stay with the website. */
const PASSED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'SIGCTL_HOME',
];

/**
 * The whole environment of a sigctl that the website runs. The history names the website as the one who asked.
 *
 * @param passedOn What the service got from the shell of whoever started it (`passEnv`). A restart from the page has no
 *   such shell; without these it would quietly come back with other settings, another feed for one.
 */
export function controlEnv(
  env: NodeJS.ProcessEnv,
  passedOn: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const passed = PASSED.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...passedOn, ...Object.fromEntries(passed), NO_COLOR: '1', SIGCTL_ACTOR: 'website' };
}
