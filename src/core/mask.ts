import { isRecord } from './is-record.js';

const SECRET_NAME = /SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|_KEY$|(^|_)PASS$|_PWD$/i;

/** What stands where a secret stood. */
export const MASK = '*****';
/** A shorter value (`1`, `on`, `dev`) would black out half a log, and is no secret that could be kept. */
const MIN_SECRET_LENGTH = 6;
/** `postgres://user:password@host`, whatever the variable or the line is called. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):([^\s/@]+)@/gi;

/** Whether the value of a variable of this name is never to be shown. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The secret values of these environments, longest first, so that one which contains another is masked whole. Of a key of several lines each line. */
export function secretValues(...envs: readonly Readonly<Record<string, string | undefined>>[]): readonly string[] {
  const values = envs.flatMap((env) =>
    Object.entries(env).flatMap(([name, value]) =>
      isSecretName(name) && value !== undefined ? [value, ...value.split('\n')] : [],
    ),
  );
  return [...new Set(values)].filter(({ length }) => length >= MIN_SECRET_LENGTH).sort((a, b) => b.length - a.length);
}

/** The text without any of these values, as they are or URL-encoded, and without passwords in URLs. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const masked = secrets.reduce((rest, secret) => {
    const encoded = encodeURIComponent(secret);
    const plain = rest.replaceAll(secret, MASK);
    return encoded === secret ? plain : plain.replaceAll(encoded, MASK);
  }, text);
  return masked.includes('://') ? masked.replaceAll(URL_PASSWORD, `$1:${MASK}@`) : masked;
}

/** A JSON value with every text in it masked. */
export function maskDeep(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return maskSecrets(value, secrets);
  if (Array.isArray(value)) return value.map((item) => maskDeep(item, secrets));
  return isRecord(value) ? maskDetail(value, secrets) : value;
}

/** The same for an object. */
export function maskDetail(
  detail: Readonly<Record<string, unknown>>,
  secrets: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, maskDeep(value, secrets)]));
}
