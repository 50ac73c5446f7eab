import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The absolute path of a service's own database: `<SIGCTL_HOME>/data/<file>`, or `./.sigctl/data/<file>` outside of sigctl.
 * Makes the folder (mode 0700), not the file.
 */
export function dataPath(env: NodeJS.ProcessEnv, file: string): string {
  const folder = join(resolve(env['SIGCTL_HOME'] || '.sigctl'), 'data');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, file);
}
