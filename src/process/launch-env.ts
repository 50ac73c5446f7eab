import { readFileSync } from 'node:fs';

/** Names of `process.send()`'s channel: the descriptor behind them belongs to the service alone. */
const OF_THE_CHANNEL = ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'];

/**
 * The environment in a launch file: that of the process which was last started from it. Empty when there is no such file.
 * Names that a shell cannot export (`my.setting`) are not in it. The values may be secrets.
 */
export function readLaunchEnv(path: string): Readonly<Record<string, string>> {
  try {
    return parseLaunchEnv(readFileSync(path, 'utf8'));
  } catch {
    // A stop took it away: its service ends this very moment.
    return {};
  }
}

/** Reads what `renderLaunchFile` wrote: `export NAME='…'`, one after the other, each quote in a value as `'\''`. */
export function parseLaunchEnv(text: string): Readonly<Record<string, string>> {
  const body = text.slice(text.indexOf('\nservice_env() {\n'));
  const found = [...body.matchAll(/^export ([A-Za-z_]\w*)='((?:[^']|'\\'')*)'$/gm)];
  return Object.fromEntries(
    found.flatMap(([, name = '', value = '']) =>
      OF_THE_CHANNEL.includes(name) ? [] : [[name, value.replaceAll(`'\\''`, "'")] as const],
    ),
  );
}
