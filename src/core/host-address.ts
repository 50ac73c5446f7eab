/** Where a stack runs: what ssh is told, and the folder of the manifest there (the login folder when `undefined`). */
export interface HostAddress {
  /** `user@vps`, `vps`, or a `Host` of ssh's own configuration. */
  readonly target: string;
  readonly dir: string | undefined;
}

/** Short names of hosts, as in `sigctl @prod status`. */
export const HOST_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Reads `user@vps:/srv/app`, `vps`, `vps:app`, `user@[2001:db8::1]:/srv/app`. Pure.
 *
 * @returns `undefined` when it is none: a target that ssh would take for an option, blanks, control characters.
 */
export function parseHostAddress(text: string): HostAddress | undefined {
  const match = /^((?:[^\s@:[\]/]+@)?(?:\[[0-9A-Fa-f:.%a-z]+\]|[^\s@:[\]/]+))(?::(.*))?$/.exec(text);
  const [, typed, dir] = match ?? [];
  if (typed === undefined || typed.startsWith('-') || hasControl(text)) return undefined;
  const target = typed.replace(/[[\]]/g, '');
  return { target, dir: dir === undefined || dir === '' ? undefined : dir };
}

/** As it is typed. */
export function formatHostAddress({ target, dir }: HostAddress): string {
  const [user, host] = target.includes('@') ? target.split('@') : [undefined, target];
  const bracketed = host?.includes(':') ? `[${host}]` : (host ?? '');
  return `${user === undefined ? '' : `${user}@`}${bracketed}${dir === undefined ? '' : `:${dir}`}`;
}

function hasControl(text: string): boolean {
  return [...text].some((letter) => letter < ' ' || letter === '\u007f');
}
