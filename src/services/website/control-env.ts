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
 * What a service got from the shell that started it (`passEnv`) is not here: sigctl remembers it.
 */
export function controlEnv(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const passed = PASSED.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), NO_COLOR: '1', SIGCTL_ACTOR: 'website' };
}
