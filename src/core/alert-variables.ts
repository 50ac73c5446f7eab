import type { AlertChannel } from './stack.js';

/** `$NAME` or `${NAME}`, anywhere in a text: `Bearer $ALERT_TOKEN`. Upper case only, so that a `$` in an address stays one. */
const VARIABLE = /\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))/g;

/** A shorter value would black out half a message, and keeps nothing secret. */
const MIN_SECRET_LENGTH = 5;

/** The texts of a channel that may name variables. */
function textsOf(channel: AlertChannel): readonly string[] {
  switch (channel.kind) {
    case 'telegram':
      return [channel.token, channel.chat, channel.api];
    case 'webhook':
      return [channel.url, ...Object.values(channel.headers)];
    case 'command':
      return [channel.command];
  }
}

/** Names of the variables that the channels need: like `passEnv`, what the shell sets of them stays in force for the stack. */
export function alertVariables(channels: readonly AlertChannel[]): readonly string[] {
  const names = channels.flatMap((channel) => textsOf(channel).flatMap((text) => namesIn(text)));
  return [...new Set(names)];
}

/** The text with its variables filled in, or the names of those that are not set. */
export function fillVariables(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly value: string; readonly missing: readonly string[] } {
  const missing = namesIn(text).filter((name) => (env[name] ?? '') === '');
  const value = text.replaceAll(VARIABLE, (_, braced: string | undefined, bare: string | undefined) => {
    return env[braced ?? bare ?? ''] ?? '';
  });
  return { value, missing };
}

/** What must never be shown of a channel: the values of its variables, and what the manifest holds itself, longest first. */
export function channelSecrets(
  channel: AlertChannel,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const values = alertVariables([channel]).map((name) => env[name] ?? '');
  const literal = channel.kind === 'command' ? [] : textsOf(channel).filter((text) => !isPublic(channel, text));
  const filled = literal.map((text) => fillVariables(text, env).value);
  return [...new Set([...values, ...filled])]
    .filter((value) => value.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
}

function isPublic(channel: AlertChannel, text: string): boolean {
  return channel.kind === 'telegram' && (text === channel.api || text === channel.chat);
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)].map(([, braced, bare]) => braced ?? bare ?? '');
}
