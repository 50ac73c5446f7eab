import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** The name of a user of this machine, the number itself where it has none. */
export function userOf(uid: number): string {
  const own = userInfo();
  if (uid === own.uid) return own.username;
  try {
    const entry = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find((fields) => fields[2] === String(uid));
    return entry?.[0] ?? String(uid);
  } catch {
    // No such file: systemd takes the number as well.
    return String(uid);
  }
}
