/** Like the manifest's own rule for names, and its words of its own. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const RESERVED = ['watchdog', 'pm2', 'all', 'stack'];
const MAX_LENGTH = 64;

/** Room for `-2` at the end of a name that is taken. */
const MAX_BASE_LENGTH = 58;

/** A name that the manifest takes, as near to the given one as can be, and none of `taken`. */
export function serviceName(typed: string, taken: ReadonlySet<string>): string {
  const base = usableName(typed);
  if (!taken.has(base)) return base;
  const short = base.slice(0, MAX_BASE_LENGTH);
  for (let count = 2; ; count++) if (!taken.has(`${short}-${count}`)) return `${short}-${count}`;
}

function usableName(typed: string): string {
  if (NAME.test(typed) && !RESERVED.includes(typed)) return typed;
  const plain = typed
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/[._-]+$/, '');
  const base = plain === '' ? 'service' : plain;
  return RESERVED.includes(base) ? `${base}-service` : base;
}
