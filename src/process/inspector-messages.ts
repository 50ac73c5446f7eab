import { type CodeFrame, scriptFile } from '../core/code-stack.js';

const STRING = '"((?:[^"\\\\]|\\\\.)*)"';
const SCRIPT = new RegExp(`^\\{"method":"Debugger\\.scriptParsed","params":\\{"scriptId":"(\\d+)","url":${STRING}`);
const FUNCTION = new RegExp(`"functionName":${STRING}`);
const LOCATION = /"location":\{"scriptId":"(\d+)","lineNumber":(\d+),"columnNumber":(\d+)/;
/** How each frame begins. Inside a string its quotes would stand behind backslashes. */
const FRAME_START = '{"callFrameId":"';

/** A script that V8 tells of, `undefined` for any other message. */
export function parseScript(text: string): { readonly id: string; readonly url: string } | undefined {
  const [, id, url] = SCRIPT.exec(text) ?? [];
  return id === undefined || url === undefined ? undefined : { id, url: unquote(url) };
}

export const isPaused = (text: string): boolean => text.startsWith('{"method":"Debugger.paused"');

export interface FrameContext {
  /** Address of each script by its id. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Absolute folder of the project. */
  readonly root: string;
  readonly maxFrames: number;
}

/**
 * The innermost frames of a `Debugger.paused` message, which may be cut off: names and places only. What it says of variables is
 * never looked at. Not by JSON.parse, as an endless recursion is a message of megabytes.
 */
export function parseFrames(text: string, { scripts, root, maxFrames }: FrameContext): readonly CodeFrame[] {
  return text
    .split(FRAME_START)
    .slice(1, maxFrames + 1)
    .flatMap((part): readonly CodeFrame[] => {
      const name = FUNCTION.exec(part)?.[1];
      const [, scriptId, line, column] = LOCATION.exec(part) ?? [];
      if (name === undefined || scriptId === undefined) return [];
      return [
        {
          function: name === '' ? '(anonymous)' : unquote(name),
          file: scriptFile(scripts.get(scriptId) ?? '', root),
          // V8 counts from 0, everybody else from 1.
          line: Number(line) + 1,
          column: Number(column) + 1,
        },
      ];
    });
}

/** The answer to `Runtime.getHeapUsage`. */
export function parseHeapUsed(text: string): number | undefined {
  const bytes = /^\{"id":\d+,"result":\{"usedSize":(\d+)/.exec(text)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    // An escape that JSON does not know: V8 writes none.
    return text;
  }
}
