/** Whether a line has this flag: behind `--` every word is a name. */
export function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes(flag);
}

/** The command of a line, before anything has parsed it. */
export function commandOf(argv: readonly string[]): string | undefined {
  return argv.find((word, index) => !word.startsWith('-') && !isValueOfConfig(argv, index));
}

/** The value of `--config`, before anything has parsed the line. */
export function configOf(argv: readonly string[]): string | undefined {
  for (const [index, word] of argv.entries()) {
    const value = isValueOfConfig(argv, index) ? word : attachedConfig(word);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Of `--config=file` and `-cfile`. */
function attachedConfig(word: string): string | undefined {
  if (word.startsWith('--config=')) return word.slice('--config='.length);
  return word.startsWith('-c') && word.length > 2 ? word.slice(2) : undefined;
}

function isValueOfConfig(argv: readonly string[], index: number): boolean {
  return ['-c', '--config'].includes(argv[index - 1] ?? '');
}
