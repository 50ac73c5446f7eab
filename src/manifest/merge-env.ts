import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { ShapeFault } from './parse-shape.js';
import type { AppEntry } from './schema.js';
import type { Surroundings } from './surroundings.js';

/**
 * The variables that the manifest gives a service: `env_file` (the last of several wins), then `env`, then PM2's `port`.
 * Faults name variables and files, never a value.
 */
export function mergeEnv(
  app: AppEntry,
  root: string,
  around: Surroundings,
): { readonly env: Readonly<Record<string, string>>; readonly faults: readonly ShapeFault[] } {
  const faults: ShapeFault[] = [];
  const env: Record<string, string> = {};
  for (const file of app.env_file ?? []) {
    const text = around.read(resolve(root, file));
    if (text === undefined)
      faults.push({ path: ['env_file'], found: JSON.stringify(file), expected: 'a file that can be read' });
    else Object.assign(env, parseEnv(text));
  }
  Object.assign(env, app.env, app.port === undefined ? {} : { PORT: String(app.port) });
  if (Object.keys(env).some((name) => name === '' || /[=\0]/.test(name))) {
    // Such a key may carry a value (`'TOKEN=abc'`), so not even the key is shown.
    faults.push({ path: ['env'], found: 'a name that is empty or holds "=" or NUL', expected: '{ NAME: "value" }' });
  }
  return { env, faults };
}
