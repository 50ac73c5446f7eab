import { commandsOfArgv, commandsOfLine, type LineCommand, type ScriptsIn } from './shell-service.js';

/** What an image starts: the last `ENTRYPOINT` and `CMD` of its Dockerfile. `undefined`: none, or one that cannot be read. */
export function commandsOfDockerfile(
  text: string | undefined,
  scriptsIn: ScriptsIn,
): readonly LineCommand[] | undefined {
  const lines = (text ?? '').replaceAll('\r\n', '\n').replaceAll(/\\\n/g, ' ').split('\n');
  const entry = lastOf(lines, /^\s*ENTRYPOINT\s+(.+)$/i);
  const command = lastOf(lines, /^\s*CMD\s+(.+)$/i);
  const [entryWords, commandWords] = [execForm(entry), execForm(command)];
  if (entry !== undefined && entryWords === undefined) return commandsOfLine({ line: entry, scriptsIn });
  if (command !== undefined && commandWords === undefined) {
    // A shell line behind an entrypoint is its argument, and only the entrypoint knows what becomes of it.
    return entry === undefined ? commandsOfLine({ line: command, scriptsIn }) : undefined;
  }
  const argv = [...(entryWords ?? []), ...(commandWords ?? [])];
  return argv.length === 0 ? undefined : commandsOfArgv(argv, scriptsIn);
}

function lastOf(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.flatMap((line) => pattern.exec(line)?.[1]?.trim() ?? []).at(-1);
}

/** `["node", "server.js"]`; `undefined` for a line of shell. */
function execForm(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || !text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    // Docker itself takes a list that is no JSON for a line of shell.
    return undefined;
  }
}
