/** One import, re-export or `import()` of a source file. */
export interface ImportStatement {
  readonly line: number;
  readonly specifier: string;
  /** `import type` and `export type`: gone at run time. */
  readonly typeOnly: boolean;
}

export interface SourceFacts {
  readonly imports: readonly ImportStatement[];
  /** Line numbers. */
  readonly defaultExports: readonly number[];
  readonly starExports: readonly number[];
}

const STATEMENT = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s*)?(['"])([^'"\n]+)\2/gm;
const CALL = /\b(?:import|require|require\.resolve)\(\s*(['"])([^'"\n]+)\1/g;

/** Finds what a TypeScript file imports and exports, by its text. Comments and template literals are not looked into. */
export function scanSource(source: string): SourceFacts {
  const code = blankNonCode(source);
  const lineAt = (index: number): number => code.slice(0, index).split('\n').length;
  const linesOf = (pattern: RegExp): number[] => [...code.matchAll(pattern)].map((match) => lineAt(match.index));
  const statements = [...code.matchAll(STATEMENT)].map((match) => ({
    line: lineAt(match.index),
    specifier: match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));
  const calls = [...code.matchAll(CALL)].map((match) => ({
    line: lineAt(match.index),
    specifier: match[2] ?? '',
    typeOnly: false,
  }));
  return {
    imports: [...statements, ...calls],
    defaultExports: linesOf(/^[ \t]*export\s+(?:default\b|\{[^}]*\bas\s+default\b)/gm),
    starExports: linesOf(/^[ \t]*export\s+(?:type\s+)?\*/gm),
  };
}

/** Comments, template literals and regular expressions; strings are matched too, so that a quote or `//` inside one opens nothing. */
const TOKEN =
  /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

/** Replaces all that is not code by blanks of the same length, line breaks kept; strings stay. */
function blankNonCode(source: string): string {
  return source.replace(TOKEN, (token) => (/^['"]/.test(token) ? token : token.replace(/[^\n]/g, ' ')));
}
