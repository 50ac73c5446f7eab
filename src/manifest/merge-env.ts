import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { EnvSource } from '../core/stack.js';
import type { ShapeFault } from './parse-shape.js';
import type { AppEntry } from './schema.js';
import type { Surroundings } from './surroundings.js';

/** Variables of one service, each with the place that it is written in. */
export interface MergedEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly envFrom: Readonly<Record<string, EnvSource>>;
}

/**
 * The variables that the manifest gives a service: `env_file` (the last of several wins), then `env`, then PM2's `port`.
 * Faults name variables and files, never a value.
 */
export function mergeEnv(
  app: AppEntry,
  root: string,
  around: Surroundings,
): MergedEnv & { readonly faults: readonly ShapeFault[] } {
  const faults: ShapeFault[] = [];
  const env: Record<string, string> = {};
  const sources = new Map<string, EnvSource>();
  const add = (variables: NodeJS.Dict<string>, source: EnvSource): void => {
    Object.assign(env, variables);
    for (const name of Object.keys(variables)) sources.set(name, source);
  };
  for (const file of app.env_file ?? []) {
    const text = around.read(resolve(root, file));
    if (text === undefined)
      faults.push({ path: ['env_file'], found: JSON.stringify(file), expected: 'a file that can be read' });
    else add(parseEnv(text), { kind: 'env_file', file });
  }
  add(app.env ?? {}, { kind: 'env' });
  if (app.port !== undefined) add({ PORT: String(app.port) }, { kind: 'port' });
  if (Object.keys(env).some((name) => name === '' || /[=\0]/.test(name))) {
    // Such a key may carry a value (`'TOKEN=abc'`), so not even the key is shown.
    faults.push({ path: ['env'], found: 'a name that is empty or holds "=" or NUL', expected: '{ NAME: "value" }' });
  }
  return { env, envFrom: Object.fromEntries(sources), faults };
}
